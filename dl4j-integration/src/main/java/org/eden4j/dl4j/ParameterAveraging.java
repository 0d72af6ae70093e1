package org.eden4j.dl4j;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.eden4j.transport.job.CoordinateRange;
import org.eden4j.transport.job.RoundResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Averages the changes of parameters. With c the parameters that all replicas had after the last round and p_w those of
 * worker w after n_w more examples:
 *
 * <pre>
 * d_w = p_w - c,    c' = c + sum(n_w d_w) / sum(n_w),    p_w' = c'
 * </pre>
 *
 * <p>Differences travel, not parameters: they are small, and so is the error that compression adds, which is proportional
 * to what is sent. Each coordinate of c' is one float32 addition of two numbers that all replicas hold bit for bit, and so
 * are the results.
 *
 * <p>The worker keeps c, adds to it the mean of every round, and gets another member's where this one has fallen behind: the
 * replica always moves to the c that the worker holds after a round. What was not counted of d, all or some of its
 * coordinates, is added to the worker's next difference.
 */
final class ParameterAveraging extends EdenListener {
    private static final Logger LOG = LoggerFactory.getLogger(ParameterAveraging.class);
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final int every;
    /** The parameters that all replicas had after the last round; the worker's, read between its rounds. */
    private MemorySegment common;
    /** The difference last sent; between rounds what is still owed to the others, zero where all was counted. */
    private MemorySegment update;
    private MemorySegment mean;
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
    void share(Exchange exchange, FlatArray parameters) {
        common = allocate().copyFrom(parameters.floats());
        update = allocate();
        mean = allocate();
        exchange.shareModel(common);
        parameters.floats().copyFrom(common);
    }

    @Override
    public void iterationDone(Model trained, int iteration, int epoch) {
        steps++;
        examples += trained.batchSize();
        if (steps == every) {
            average();
        }
    }

    @Override
    public void finish() {
        if (steps > 0) {
            average();
        }
        if (carrying) {
            LOG.warn("the last update of this worker came too late to be counted");
        }
    }

    private void average() {
        FlatArray parameters = FlatArray.of("parameters", model().params());
        takeDifference(parameters);
        RoundResult result = exchange(update, examples, mean);
        parameters.floats().copyFrom(common);
        carry(result.uncounted());
        steps = 0;
        examples = 0;
        report(result);
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
