package org.eden4j.simulator.sweep;

import java.util.Objects;
import java.util.OptionalDouble;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.Method;
import org.eden4j.simulator.cli.GivenMethod;
import org.eden4j.simulator.input.Draws;
import org.eden4j.simulator.output.Row;

/**
 * One combination of a sweep.
 *
 * @param given the method as it was asked for
 * @param dimension coordinates of a vector
 * @param blockSize coordinates of a full block, {@link #FULL} for one as large as the dimension allows
 * @param workers number of workers
 * @param draws the workers' vectors
 * @param loss probability that a block of a worker does not arrive
 * @param trials number of trials
 * @param errorFeedback whether each worker keeps what it did not send for its next trial
 */
record Cell(GivenMethod given, int dimension, int blockSize, int workers, Draws draws, double loss, int trials,
        boolean errorFeedback) {
    /** Asks for one block where the dimension is a power of two. */
    static final int FULL = 0;

    /** The method that is really used, see {@link Method#forDimension}. */
    Method method() {
        return given.method().forDimension(dimension);
    }

    BlockLayout layout() {
        int size = blockSize == FULL
                ? Math.min(Integer.highestOneBit(dimension), BlockLayout.LARGEST_BLOCK)
                : blockSize;
        return BlockLayout.of(method(), dimension, size);
    }

    /**
     * The expected error of one vector, {@link Method#expectedError} of each block weighted by the block's length: that of the
     * vector where no block has more energy per coordinate than another and the last is not padded. Empty where a method's error depends on the input, and
     * with error feedback.
     */
    OptionalDouble expectedVnmse() {
        BlockLayout layout = layout();
        double sum = 0;
        OptionalDouble ofBlock = OptionalDouble.empty();
        for (int block = 0; block < layout.blockCount(); block++) {
            int length = layout.length(block);
            if (block == 0 || length != layout.length(block - 1)) {
                ofBlock = method().expectedError(length);
            }
            if (ofBlock.isEmpty() || errorFeedback) {
                return OptionalDouble.empty();
            }
            sum += ofBlock.getAsDouble() * length;
        }
        return OptionalDouble.of(sum / dimension);
    }

    /** Whether a row of results is of this combination. */
    boolean isOf(Row row) {
        return given.text().equals(row.get("method")) && Objects.equals(dimension, row.get("dimension"))
                && Objects.equals(workers, row.get("workers"));
    }
}
