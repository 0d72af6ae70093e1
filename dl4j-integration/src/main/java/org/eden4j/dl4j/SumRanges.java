package org.eden4j.dl4j;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Trainable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The coordinates of a raw gradient that are sums over the minibatch. Most are; DL4J's layers name the exceptions,
 * which its updater does not divide: the "gradients" of batch normalization's running mean and variance are updates,
 * whatever the size of the batch.
 *
 * <p>Ranges ascend and cover the gradient; adjacent ranges differ in kind.
 */
final class SumRanges {
    private record Range(long first, long end, boolean summed) {}

    private final List<Range> ranges;

    private SumRanges(List<Range> ranges) {
        this.ranges = ranges;
    }

    static SumRanges of(TrainedNetwork network) {
        List<Range> parameters = new ArrayList<>();
        for (Trainable part : network.parts()) {
            if (part.numParams() == 0) {
                continue;
            }
            for (Map.Entry<String, INDArray> parameter : part.paramTable(false).entrySet()) {
                long first = parameter.getValue().offset();
                parameters.add(new Range(first, first + parameter.getValue().length(),
                        part.updaterDivideByMinibatch(parameter.getKey())));
            }
        }
        parameters.sort(Comparator.comparingLong(Range::first));
        List<Range> merged = new ArrayList<>();
        for (Range next : parameters) {
            Range last = merged.isEmpty() ? null : merged.getLast();
            long covered = last == null ? 0 : last.end;
            if (next.first != covered) {
                throw new IllegalArgumentException(
                        "a parameter of the network begins at " + next.first + ", expected " + covered
                                + ": only networks whose parameters are laid out without gaps can share gradients");
            }
            if (last != null && last.summed == next.summed) {
                merged.set(merged.size() - 1, new Range(last.first, next.end, last.summed));
            } else {
                merged.add(next);
            }
        }
        return new SumRanges(merged);
    }

    int count() {
        return ranges.size();
    }

    long first(int range) {
        return ranges.get(range).first;
    }

    long end(int range) {
        return ranges.get(range).end;
    }

    /** Returns whether the coordinates of this range are sums over the minibatch. */
    boolean summed(int range) {
        return ranges.get(range).summed;
    }
}
