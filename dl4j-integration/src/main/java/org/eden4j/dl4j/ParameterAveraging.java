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
 * Averages the changes of parameters. With c the parameters that all replicas had after the last round and p_w those of
 * worker w after n_w more examples:
 *
 * <pre>
 * d_w = p_w - c,    c' = c + sum(n_w d_w) / sum(n_w),    p_w' = P(c')
 * </pre>
 *
 * <p>Differences travel, not parameters: they are small, and so is the error that compression adds, which is proportional
 * to what is sent. Each coordinate of c' is one float32 addition of two numbers that all replicas hold bit for bit, and so
 * are the results. P brings parameters within the network's constraints (non-negative weights, a largest norm); equal
 * parameters come out equal. The c that the worker and the aggregator keep knows no constraints: d_w, taken
 * against c, contains the correction P(c) - c, the same at every worker, so that the mean contains it once.
 *
 * <p>The worker keeps c, adds to it the mean of every round, and gets another member's where this one has fallen behind: the
 * replica always moves to the c that the worker holds after a round. What was not counted of d, all or some of its
 * coordinates, is added to the worker's next difference, without the correction: that of the next round follows from the
 * next c.
 *
 * <p>The updater's state may be averaged as well: it follows the parameters in p, d and c. What is not in c, the counters of
 * iteration and epoch and otherwise the updater's state, a member that joins or has fallen behind takes over from another
 * one.
 */
final class ParameterAveraging extends EdenListener {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final int every;
    private final boolean averageUpdaters;
    /** What is averaged: the parameters, and the updater's state if that is, too. */
    private FlatVector averaged;
    /** What else the next step depends on. */
    private NetworkReplica remainder;
    /** The parameters that all replicas had after the last round; the worker's, read between its rounds. */
    private MemorySegment common;
    /** The difference last sent; between rounds what is still owed to the others, zero where all was counted. */
    private MemorySegment update;
    private MemorySegment mean;
    /** P(c) - c of the last round; null as long as no constraint has changed anything. */
    private MemorySegment correction;
    private boolean carrying;
    private int steps;
    private long examples;

    ParameterAveraging(Exchange exchange, int every) {
        this(exchange, every, false);
    }

    /** @param averageUpdaters whether the state of the updater is averaged as the parameters are */
    ParameterAveraging(Exchange exchange, int every, boolean averageUpdaters) {
        super(exchange);
        if (every < 1) {
            throw new IllegalArgumentException("steps between exchanges must be at least 1, got " + every);
        }
        this.every = every;
        this.averageUpdaters = averageUpdaters;
    }

    /** What of a network is averaged. */
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
            exchangeDifference(rest); // no later step takes with it what was carried
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

    /** @param from examples that the difference comes from */
    private RoundResult exchangeDifference(long from) {
        takeDifference();
        RoundResult result = exchange(update, from, mean);
        carry(result.uncounted());
        moveToCommon(network());
        report(result);
        return result;
    }

    /** Gives the replica the common parameters, within its constraints. */
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

    /** Keeps of the last difference what no mean contains. */
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
