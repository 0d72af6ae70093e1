package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateBlocks;
import org.eden4j.transport.job.CoordinateRange;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.wire.FrameLayout;

/** Compares means of {@link MemberProcess#update} with those computed in one process from the counted updates. */
final class MeanCheck {
    private final int dimension;
    private final Reference reference;
    private final UpdateBlocks blocks;

    MeanCheck(Method method, Method downlink, int dimension, int mtu) {
        this.dimension = dimension;
        reference = new Reference(method, downlink, dimension, mtu, 1);
        blocks = FrameLayout.of(method, dimension, mtu).blocks();
    }

    /** Returns the right mean of a round. */
    float[] mean(RoundResult result) {
        Map<Integer, Reference.Contribution> all = new TreeMap<>();
        result.counted().forEach(one -> all.put(one, contribution(one, result.round(), null)));
        result.partial().forEach((one, ranges) -> all.put(one, contribution(one, result.round(), ranges)));
        return reference.mean(result.round(), List.copyOf(all.values()));
    }

    /** @return the right mean */
    float[] assertRight(RoundResult result, float[] mean) {
        float[] right = mean(result);
        assertArrayEquals(right, mean, "round " + result.round());
        return right;
    }

    private Reference.Contribution contribution(int from, long round, List<CoordinateRange> ranges) {
        BitSet counted = ranges == null ? null : new BitSet();
        for (int block = 0; ranges != null && block < blocks.blockCount(); block++) {
            int first = blocks.offset(block);
            counted.set(block, ranges.stream().anyMatch(range -> range.contains(first)));
        }
        return new Reference.Contribution(from, MemberProcess.update(dimension, from, round), 1, counted);
    }
}
