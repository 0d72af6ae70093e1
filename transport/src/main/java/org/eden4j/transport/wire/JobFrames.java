package org.eden4j.transport.wire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.schedule.Schedule;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.transport.job.Shard;

/**
 * The frames of a job's both directions, round by round: those of the methods that a {@link Schedule} has in a round. A pure
 * function of (layout, methods, MTU, shard), so that all members change from one phase to the next at the same round.
 *
 * <pre>
 * none;eden:bits=4@20      rounds 0 to 19: frames of float32      from round 20 on: frames of blocks at 4 bits
 * </pre>
 *
 * <p>Dimension, coordinates that travel and the shard's first coordinate are those of all phases. Where nothing changes there is
 * one phase. Immutable.
 */
public final class JobFrames {
    /** By phase: its first round, ascending from 0. */
    private final long[] begins;
    private final FrameLayout[] up;
    private final FrameLayout[] down;

    private JobFrames(long[] begins, FrameLayout[] up, FrameLayout[] down) {
        this.begins = begins;
        this.up = up;
        this.down = down;
    }

    /**
     * The frames of a job.
     *
     * @param layout of updates
     * @param method the job's, for updates
     * @param downlink how means of parts of that method travel
     * @param shard whose slice this is
     * @throws IllegalArgumentException if the vector cannot be cut into that number of shards
     */
    public static JobFrames of(UpdateLayout layout, Method method, Method downlink, int mtu, Shard shard) {
        UpdateLayout means = layout.downlink(method, downlink);
        List<Method> methods = new ArrayList<>(layout.methods());
        methods.addAll(means.methods());
        List<Long> changes = Schedule.changes(methods);
        long[] begins = new long[1 + changes.size()];
        for (int phase = 1; phase < begins.length; phase++) {
            begins[phase] = changes.get(phase - 1);
        }
        FrameLayout[] up = new FrameLayout[begins.length];
        FrameLayout[] down = new FrameLayout[begins.length];
        Arrays.setAll(up, phase -> FrameLayout.of(layout.at(begins[phase]), mtu));
        Arrays.setAll(down, phase -> FrameLayout.of(means.at(begins[phase]), mtu));
        if (!shard.isWhole()) {
            List<FrameLayout> all = new ArrayList<>(List.of(up));
            all.addAll(List.of(down));
            ShardCut cut = ShardCut.of(layout, all, shard.count());
            Arrays.setAll(up, phase -> cut.slice(phase, all.get(phase), shard.index()));
            Arrays.setAll(down,
                    phase -> cut.slice(up.length + phase, all.get(up.length + phase), shard.index()));
        }
        return new JobFrames(begins, up, down);
    }

    /** How updates are laid out in a round: the same object in all rounds of a phase, another one in the next. */
    public FrameLayout up(long round) {
        return up[phase(round)];
    }

    /** How means are laid out in a round, as {@link #up}. */
    public FrameLayout down(long round) {
        return down[phase(round)];
    }

    private int phase(long round) {
        int found = Arrays.binarySearch(begins, round);
        return found >= 0 ? found : Math.max(0, -found - 2);
    }

    /** Coordinates of this shard's slice, absent ones among them. */
    public int dimension() {
        return up[0].dimension();
    }

    /** The most frames that an update has in any round. */
    public int mostFrames() {
        return Arrays.stream(up).mapToInt(FrameLayout::frameCount).max().orElseThrow();
    }
}
