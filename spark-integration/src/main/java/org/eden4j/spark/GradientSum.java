package org.eden4j.spark;

import java.io.Serializable;
import java.util.List;
import java.util.TreeMap;
import org.eden4j.compressor.container.CompressedGradient;
import org.eden4j.compressor.container.CompressedGradientHeader;

/**
 * The sum of one round's updates, as Spark adds it up between the tasks and the driver. It is the containers it holds, one per worker: it
 * serializes as those, never as a dense vector, so that levels of a tree in between send no more than they have received. What comes
 * twice, from a task that ran again, counts once. Decoded in the end, in the workers' order, so that the mean depends on who
 * contributed and not on the shape of the tree.
 *
 * <p>Memory: the bytes of its containers. Not thread-safe.
 */
final class GradientSum implements Serializable {
    private static final long serialVersionUID = 1;

    private final TreeMap<Integer, Contribution> contributions = new TreeMap<>();
    private int iteration;
    private boolean more;

    /**
     * The update of one worker.
     *
     * @param examples from which it comes, at least 1
     * @param update by the worker whose number its header has
     */
    private record Contribution(long examples, CompressedGradient update) implements Serializable {}

    /** Nothing; also of a worker whose batches are used up. */
    GradientSum() {}

    /**
     * The update of one worker.
     *
     * @param iteration of its network after it
     * @param more whether it has batches left
     */
    static GradientSum of(CompressedGradient update, long examples, int iteration, boolean more) {
        GradientSum sum = new GradientSum();
        sum.contributions.put(update.header().worker(), new Contribution(examples, update));
        sum.iteration = iteration;
        sum.more = more;
        return sum;
    }

    /**
     * Adds another sum of the same round to this one.
     *
     * @return this
     * @throws IllegalArgumentException if it is of another round
     */
    GradientSum add(GradientSum other) {
        if (!isEmpty() && !other.isEmpty() && header().round() != other.header().round()) {
            throw new IllegalArgumentException(
                    "a sum of round " + header().round() + " takes no update of round " + other.header().round());
        }
        other.contributions.forEach(contributions::putIfAbsent);
        iteration = Math.max(iteration, other.iteration);
        more |= other.more;
        return this;
    }

    private CompressedGradientHeader header() {
        return contributions.firstEntry().getValue().update().header();
    }

    boolean isEmpty() {
        return contributions.isEmpty();
    }

    /** Workers whose update it holds, in their order. */
    List<Integer> contributors() {
        return List.copyOf(contributions.keySet());
    }

    /** Bytes of its containers. */
    long bytes() {
        return contributions.values().stream().mapToLong(contribution -> contribution.update().size()).sum();
    }

    /** The largest iteration of a contributor's network. */
    int iteration() {
        return iteration;
    }

    /** Returns whether any contributor has batches left. */
    boolean more() {
        return more;
    }

    /** The mean of the updates, weighted by their examples; not for an empty sum. */
    float[] mean() {
        double total = contributions.values().stream().mapToLong(Contribution::examples).sum();
        float[] mean = new float[header().dimension()];
        for (Contribution contribution : contributions.values()) {
            contribution.update().accumulate((float) (contribution.examples() / total), mean);
        }
        return mean;
    }
}
