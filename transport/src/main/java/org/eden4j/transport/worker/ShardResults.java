package org.eden4j.transport.worker;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.eden4j.transport.job.CoordinateRange;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.state.FrameRanges;
import org.eden4j.transport.wire.FrameLayout;

/** Merges the results of a round's shards. */
final class ShardResults {
    private ShardResults() {}

    /**
     * Returns a worker's result of a round over all shards.
     *
     * @param shards the result of each shard
     * @param followed results of rounds that were exchanged without an update, whose bytes count
     * @param slices the frames of each shard
     */
    static RoundResult merged(List<RoundResult> shards, List<RoundResult> followed, List<FrameLayout> slices) {
        List<RoundResult> all = new ArrayList<>(shards);
        all.addAll(followed);
        TreeSet<Integer> counted = new TreeSet<>(shards.getFirst().counted());
        TreeSet<Integer> others = new TreeSet<>();
        for (RoundResult shard : shards) {
            counted.retainAll(shard.counted());
            others.addAll(shard.counted());
            others.addAll(shard.missing());
        }
        TreeSet<Integer> missing = new TreeSet<>(others);
        missing.removeAll(counted);
        boolean resynchronised = shards.stream().anyMatch(RoundResult::resynchronised);
        return new RoundResult(shards.getFirst().round(),
                resynchronised ? 0 : shards.stream().mapToInt(RoundResult::attempts).max().orElseThrow(),
                shards.stream().mapToInt(RoundResult::members).max().orElseThrow(), counted.size(),
                List.copyOf(counted),
                partial(shards, slices), resynchronised,
                joined(shards, RoundResult::uncounted), List.copyOf(missing), sum(all, RoundResult::bytesUp),
                sum(all, RoundResult::bytesDown), sum(all, RoundResult::controlBytes),
                sum(all, RoundResult::transportBytes), sum(all, RoundResult::dropped), expectedError(shards), shards);
    }

    private static long sum(List<RoundResult> results, ToLongFunction<RoundResult> field) {
        return results.stream().mapToLong(field).sum();
    }

    /** Returns the largest expected error of all shards; empty if a shard's is unknown. */
    private static OptionalDouble expectedError(List<RoundResult> shards) {
        return shards.stream().allMatch(shard -> shard.expectedError().isPresent())
                ? shards.stream().mapToDouble(shard -> shard.expectedError().getAsDouble()).max()
                : OptionalDouble.empty();
    }

    /** Returns the coordinates in the mean, by worker, of updates that the mean does not contain completely. */
    private static Map<Integer, List<CoordinateRange>> partial(List<RoundResult> shards, List<FrameLayout> slices) {
        TreeSet<Integer> workers = new TreeSet<>();
        shards.forEach(shard -> workers.addAll(shard.counted()));
        shards.forEach(shard -> workers.addAll(shard.partial().keySet()));
        Map<Integer, List<CoordinateRange>> partial = new TreeMap<>();
        for (int worker : workers) {
            if (!shards.stream().allMatch(shard -> isWhole(worker, shard))) {
                List<CoordinateRange> ranges = new ArrayList<>();
                for (int shard = 0; shard < shards.size(); shard++) {
                    counted(worker, shards.get(shard), slices.get(shard)).forEach(range -> append(range, ranges));
                }
                partial.put(worker, List.copyOf(ranges));
            }
        }
        return partial;
    }

    private static boolean isWhole(int worker, RoundResult shard) {
        return shard.counted().contains(worker) && !shard.partial().containsKey(worker);
    }

    /** Returns the coordinates that a shard counted of a worker. */
    private static List<CoordinateRange> counted(int worker, RoundResult shard, FrameLayout slice) {
        return isWhole(worker, shard) ? FrameRanges.without(slice, new BitSet())
                : shard.partial().getOrDefault(worker, List.of());
    }

    private static List<CoordinateRange> joined(List<RoundResult> shards,
            Function<RoundResult, List<CoordinateRange>> field) {
        List<CoordinateRange> ranges = new ArrayList<>();
        shards.forEach(shard -> field.apply(shard).forEach(range -> append(range, ranges)));
        return ranges;
    }

    /** Appends a range, merged with the last one if they touch. */
    private static void append(CoordinateRange range, List<CoordinateRange> ranges) {
        if (!ranges.isEmpty() && ranges.getLast().end() == range.first()) {
            ranges.add(new CoordinateRange(ranges.removeLast().first(), range.end()));
        } else {
            ranges.add(range);
        }
    }
}
