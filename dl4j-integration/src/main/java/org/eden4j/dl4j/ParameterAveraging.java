package org.eden4j.dl4j;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.eden4j.dl4j.NetworkReplica.Uncounted;
import org.eden4j.transport.job.CoordinateRange;
import org.eden4j.transport.job.RoundResult;

/**
 * Averages parameter changes. Let c be the parameters that all replicas had after the last round, and p_w those of
 * worker w after n_w more examples:
 *
 * <pre>
 * d_w = p_w - c,    c' = c + sum(n_w d_w) / sum(n_w),    p_w' = P(c')
 * </pre>
 *
 * <p>Workers send differences rather than parameters: differences are small, and so is the compression error, which is
 * proportional to what is sent. Each coordinate of c' is one float32 addition of two numbers that are equal bit for bit
 * on all replicas, so c' is as well. P applies the network's constraints (non-negative weights, a maximum norm); equal
 * parameters stay equal. The c that worker and aggregator keep is unconstrained: d_w is taken relative to c, so it
 * contains the correction P(c) - c, which is the same on every worker, and the mean contains it once.
 *
 * <p>The worker keeps c and adds the mean of every round to it, or receives another member's c if it has fallen behind.
 * After a round the replica always moves to the worker's c. Coordinates of d_w that a round did not count are added to
 * the worker's next difference, without the correction: the next round's correction follows from the next c.
 *
 * <p>The updater state may be averaged as well; it then follows the parameters in p, d and c. A member that joins or
 * has fallen behind receives the rest from another member: the counters of iteration and epoch, and the updater state
 * unless it is averaged.
 */
final class ParameterAveraging extends EdenListener {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final int every;
    private final boolean averageUpdaters;
    /** The averaged arrays: the parameters, and the updater state if it is averaged as well. */
    private FlatVector averaged;
    /** The rest of the state on which the next step depends. */
    private NetworkReplica remainder;
    /** The parameters that all replicas had after the last round; the worker's memory, read between its rounds. */
    private MemorySegment common;
    /** The difference sent last; between rounds its uncounted coordinates, and zero elsewhere. */
    private MemorySegment update;
    private MemorySegment mean;
    /** P(c) - c of the last round; null until a constraint changes a parameter. */
    private MemorySegment correction;
    private boolean carrying;
    private int steps;
    private long examples;

    ParameterAveraging(Exchange exchange, int every) {
        this(exchange, every, false);
    }

    /** @param averageUpdaters whether the updater state is averaged like the parameters */
    ParameterAveraging(Exchange exchange, int every, boolean averageUpdaters) {
        super(exchange);
        if (every < 1) {
            throw new IllegalArgumentException("steps between exchanges must be at least 1, got " + every);
        }
        this.every = every;
        this.averageUpdaters = averageUpdaters;
    }

    /** Returns the arrays of a network that are averaged. */
    static FlatVector averaged(TrainedNetwork network, boolean averageUpdaters) {
        List<FlatArray> arrays = new ArrayList<>(List.of(network.parameters()));
        if (averageUpdaters) {
            network.updater().ifPresent(arrays::add);
        }
        return new FlatVector(arrays);
    }

    @Override
    void prepare(TrainedNetwork joining) {
        averaged = averaged(joining, averageUpdaters);
        remainder = NetworkReplica.beside(joining, averageUpdaters);
    }

    @Override
    long coordinates(TrainedNetwork joining) {
        return averaged.length();
    }

    @Override
    void share(Exchange exchange, TrainedNetwork joining) {
        common = allocate();
        averaged.copyTo(common);
        update = allocate();
        mean = allocate();
        exchange.shareModel(common, remainder);
        moveToCommon(joining);
    }

    @Override
    void stepDone(Model trained) {
        steps++;
        examples += trained.batchSize();
        if (steps == every) {
            remainder.during(Uncounted.STEP, this::average);
        }
    }

    @Override
    void stepMissed() {
        steps++;
        if (steps == every) {
            average();
        }
    }

    @Override
    void epochDone() {
        remainder.during(Uncounted.EPOCH, this::exchangeRest);
    }

    @Override
    void exchangeRest() {
        long rest = examples;
        if (steps > 0 && average().resynchronised()) {
            exchangeDifference(rest); // no later step will send the carried coordinates
        }
    }

    @Override
    boolean owes() {
        return carrying;
    }

    private RoundResult average() {
        long from = examples;
        steps = 0;
        examples = 0;
        RoundResult result = exchangeDifference(from);
        while (isInTime(result)) {
            result = exchangeDifference(from);
        }
        return result;
    }

    /** @param from number of examples behind the difference */
    private RoundResult exchangeDifference(long from) {
        takeDifference();
        RoundResult result = exchange(update, from, mean);
        carry(result.uncounted());
        moveToCommon(network());
        report(result);
        return result;
    }

    /** Moves the replica to the common parameters, within its constraints. */
    private void moveToCommon(TrainedNetwork replica) {
        averaged.copyFrom(common);
        replica.constrain();
        FlatArray parameters = replica.parameters();
        boolean corrected = MemorySegment.mismatch(parameters.floats(), 0, parameters.floats().byteSize(), common, 0,
                parameters.floats().byteSize()) >= 0;
        if (corrected && correction == null) {
            correction = allocate();
        }
        if (correction != null) {
            for (long i = 0; i < parameters.length(); i++) {
                correction.setAtIndex(FLOAT, i, parameters.get(i) - common.getAtIndex(FLOAT, i));
            }
        }
    }

    /** Keeps the coordinates of the last difference that no mean contains. */
    private void carry(List<CoordinateRange> uncounted) {
        carrying = !uncounted.isEmpty();
        if (!carrying) {
            return;
        }
        long counted = 0;
        for (CoordinateRange range : uncounted) {
            clear(counted, range.first());
            for (long i = range.first(); correction != null && i < range.end(); i++) {
                update.setAtIndex(FLOAT, i, update.getAtIndex(FLOAT, i) - correction.getAtIndex(FLOAT, i));
            }
            counted = range.end();
        }
        clear(counted, update.byteSize() / Float.BYTES);
    }

    private void clear(long first, long end) {
        update.asSlice(first * Float.BYTES, (end - first) * Float.BYTES).fill((byte) 0);
    }

    private void takeDifference() {
        long coordinate = 0;
        for (FlatArray array : averaged.arrays()) {
            for (long i = 0; i < array.length(); i++) {
                float difference = array.get(i) - common.getAtIndex(FLOAT, coordinate);
                if (!Float.isFinite(difference)) {
                    throw diverged("change", coordinate, difference);
                }
                update.setAtIndex(FLOAT, coordinate,
                        carrying ? update.getAtIndex(FLOAT, coordinate) + difference : difference);
                coordinate++;
            }
        }
    }
}
