package org.eden4j.simulator.sweep;

import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.Method;
import org.eden4j.simulator.input.Draws;
import org.eden4j.simulator.output.Row;

/**
 * One combination of a sweep.
 *
 * @param figure figure of the preset to which it belongs, null in other sweeps
 * @param given the methods of the workers as given
 * @param dimension coordinates of a vector
 * @param blockSize coordinates of a full block, {@link #FULL} for the largest that the dimension allows
 * @param workers number of workers
 * @param draws vectors of the workers
 * @param loss probability that a block of a worker is lost
 * @param trials number of trials
 * @param errorFeedback whether each worker keeps the remainder for its next trial
 */
record Cell(String figure, SweepMethods given, int dimension, int blockSize, int workers, Draws draws, double loss,
        int trials, boolean errorFeedback) {
    /** Requests one block if the dimension is a power of two. */
    static final int FULL = 0;

    /** Returns the method a worker actually uses, see {@link Method#forDimension}. */
    Method method(int worker) {
        List<Method> inTurn = given.inTurn();
        return inTurn.get(worker % inTurn.size()).forDimension(dimension);
    }

    /** Returns the blocks, which are the same for all workers. */
    BlockLayout layout() {
        BlockLayout layout = layout(0);
        for (int worker = 1; worker < given.inTurn().size(); worker++) {
            BlockLayout other = layout(worker);
            if (other.blockCount() != layout.blockCount() || other.blockSize() != layout.blockSize()) {
                throw new IllegalArgumentException(
                        "methods of one mean must have the same blocks: " + method(0) + " has "
                                + layout.blockCount() + " of up to " + layout.blockSize() + " coordinates, "
                                + method(worker) + " "
                                + other.blockCount() + " of up to " + other.blockSize());
            }
        }
        return layout;
    }

    private BlockLayout layout(int worker) {
        int size = blockSize == FULL
                ? Math.min(Integer.highestOneBit(dimension), BlockLayout.LARGEST_BLOCK)
                : blockSize;
        return BlockLayout.of(method(worker), dimension, size);
    }

    /**
     * Returns the expected error of one vector: {@link Method#expectedError} of each block weighted by its length. That
     * is the error of the vector if all blocks have the same energy per coordinate and the last is not padded. The mean
     * over the workers if their methods differ. Empty if a method's error depends on the input, and with error
     * feedback.
     */
    OptionalDouble expectedVnmse() {
        BlockLayout layout = layout();
        double sum = 0;
        int methods = Math.min(workers, given.inTurn().size());
        for (int i = 0; i < methods; i++) {
            OptionalDouble one = expectedVnmse(layout, method(i));
            if (one.isEmpty() || errorFeedback) {
                return OptionalDouble.empty();
            }
            sum += one.getAsDouble() * ((workers - i - 1) / given.inTurn().size() + 1);
        }
        return OptionalDouble.of(sum / workers);
    }

    private OptionalDouble expectedVnmse(BlockLayout layout, Method method) {
        double sum = 0;
        OptionalDouble ofBlock = OptionalDouble.empty();
        for (int block = 0; block < layout.blockCount(); block++) {
            int length = layout.length(block);
            if (block == 0 || length != layout.length(block - 1)) {
                ofBlock = method.expectedError(length);
            }
            if (ofBlock.isEmpty()) {
                return ofBlock;
            }
            sum += ofBlock.getAsDouble() * length;
        }
        return OptionalDouble.of(sum / dimension);
    }

    /** Returns whether a row of results belongs to this combination. */
    boolean isOf(Row row) {
        return Objects.equals(figure, row.get("figure")) && given.text().equals(row.get("method"))
                && Objects.equals(dimension, row.get("dimension")) && Objects.equals(workers, row.get("workers"))
                && Objects.equals(draws.input().toString(), row.get("input"))
                && Objects.equals(draws.vectors().toString(), row.get("vectors"));
    }
}
