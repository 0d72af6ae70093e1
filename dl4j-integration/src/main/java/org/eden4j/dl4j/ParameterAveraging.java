package org.eden4j.dl4j;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
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
 */
final class ParameterAveraging extends EdenListener {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final int every;
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
        super(exchange);
        if (every < 1) {
            throw new IllegalArgumentException("steps between exchanges must be at least 1, got " + every);
        }
        this.every = every;
    }

    @Override
    void share(Exchange exchange, TrainedNetwork joining) {
        common = allocate().copyFrom(joining.parameters().floats());
        update = allocate();
        mean = allocate();
        exchange.shareModel(common);
        moveToCommon(joining);
    }

    @Override
    void stepDone(Model trained) {
        steps++;
        examples += trained.batchSize();
        if (steps == every) {
            average();
        }
    }

    @Override
    void exchangeRest() {
        if (steps > 0) {
            average();
        }
    }

    @Override
    boolean owes() {
        return carrying;
    }

    private void average() {
        takeDifference(network().parameters());
        RoundResult result = exchange(update, examples, mean);
        carry(result.uncounted());
        moveToCommon(network());
        steps = 0;
        examples = 0;
        report(result);
    }

    /** Gives the replica the common parameters, within its constraints. */
    private void moveToCommon(TrainedNetwork replica) {
        FlatArray parameters = replica.parameters();
        parameters.floats().copyFrom(common);
        replica.constrain();
        boolean corrected = parameters.floats().mismatch(common) >= 0;
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

    private void takeDifference(FlatArray parameters) {
        for (long i = 0; i < parameters.length(); i++) {
            float difference = parameters.get(i) - common.getAtIndex(FLOAT, i);
            if (!Float.isFinite(difference)) {
                throw diverged("change", i, difference);
            }
            update.setAtIndex(FLOAT, i, carrying ? update.getAtIndex(FLOAT, i) + difference : difference);
        }
    }
}
