package org.eden4j.transport.wire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.schedule.Schedule;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.transport.job.Shard;

/**
 * The frames of a job in both directions for each round, given that a {@link Schedule} may change methods. A pure
 * function of (layout, methods, MTU, shard), so that all members change from one phase to the next at the same round.
 *
 * <pre>
 * none;eden:bits=4@20      rounds 0 to 19: frames of float32      from round 20 on: frames of blocks at 4 bits
 * </pre>
 *
 * <p>All phases have the same dimension, the same coordinates that are sent, and the same first coordinate of the
 * shard. A job without a schedule has one phase. Immutable.
 */
public final class JobFrames {
    /** First round of each phase, ascending from 0. */
    private final long[] begins;
    private final FrameLayout[] up;
    private final FrameLayout[] down;

    private JobFrames(long[] begins, FrameLayout[] up, FrameLayout[] down) {
        this.begins = begins;
        this.up = up;
        this.down = down;
    }

    /**
     * Returns the frames of a job.
     *
     * @param layout the layout of updates
     * @param method the job's method, for updates
     * @param downlink the method of means, for parts that have the job's method
     * @param shard the shard whose slice this is
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

    /**
     * Returns the layout of updates in a round: the same object in all rounds of a phase, and another object in the
     * next phase.
     */
    public FrameLayout up(long round) {
        return up[phase(round)];
    }

    /** Returns the layout of means in a round, as {@link #up} does. */
    public FrameLayout down(long round) {
        return down[phase(round)];
    }

    private int phase(long round) {
        int found = Arrays.binarySearch(begins, round);
        return found >= 0 ? found : Math.max(0, -found - 2);
    }

    /** Returns the number of coordinates of this shard's slice, including absent ones. */
    public int dimension() {
        return up[0].dimension();
    }

    /** Returns the largest number of frames of an update in any round. */
    public int mostFrames() {
        return Arrays.stream(up).mapToInt(FrameLayout::frameCount).max().orElseThrow();
    }
}
