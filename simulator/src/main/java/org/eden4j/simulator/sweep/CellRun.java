package org.eden4j.simulator.sweep;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.simulator.cli.Progress;
import org.eden4j.simulator.output.Row;

/** Runs the trials of one cell on several threads and summarises them as a row. */
final class CellRun {
    /** The jackknife needs at least 20 groups. */
    private static final int GROUPS = 32;
    private static final long WARM_UP_NS = 300_000_000;
    private static final int WARM_UP_TRIALS = 64;

    private CellRun() {}

    /** Runs the codec of a cell briefly, so that its times are those of compiled code; the results are discarded. */
    static void warmUp(Cell cell) {
        int dimension = Math.min(cell.dimension(), BlockLayout.DEFAULT_BLOCK);
        Cell small = new Cell(null, cell.given(), dimension, Cell.FULL, cell.given().inTurn().size(), cell.draws(), 0,
                1,
                false);
        long end = System.nanoTime() + WARM_UP_NS;
        while (System.nanoTime() < end) {
            new TrialGroup(small, 0, WARM_UP_TRIALS).run(new Progress.Hidden());
        }
    }

    static Row run(Cell cell, ExecutorService threads, Progress progress) throws InterruptedException {
        int groupCount = Math.min(GROUPS, cell.trials());
        List<Future<TrialGroup>> running = new ArrayList<>();
        for (int g = 0; g < groupCount; g++) {
            long first = (long) cell.trials() * g / groupCount;
            long end = (long) cell.trials() * (g + 1) / groupCount;
            running.add(threads.submit(() -> new TrialGroup(cell, first, end - first).run(progress)));
        }
        List<TrialGroup> groups = new ArrayList<>();
        for (Future<TrialGroup> group : running) {
            groups.add(done(group));
        }
        return row(cell, groups);
    }

    private static TrialGroup done(Future<TrialGroup> group) throws InterruptedException {
        try {
            return group.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    private static Row row(Cell cell, List<TrialGroup> groups) {
        double[] errors = groups.stream().flatMapToDouble(group -> Arrays.stream(group.errors)).sorted().toArray();
        Moments vnmse = new Moments();
        Moments nmse = new Moments();
        for (TrialGroup group : groups) {
            vnmse.merge(group.vnmse);
            nmse.merge(group.nmse);
        }
        BiasSums.Estimate bias = new BiasSums.Estimate(Double.NaN, Double.NaN);
        double averageError = Double.NaN;
        if (cell.draws().fixed()) {
            List<BiasSums> sums = groups.stream().map(group -> group.bias).toList();
            double squaredNorm = groups.getFirst().squaredNorm;
            if (cell.errorFeedback()) {
                averageError = BiasSums.averageError(sums, squaredNorm);
            } else {
                bias = BiasSums.estimate(sums, squaredNorm);
            }
        }
        return Row.of("sweep")
            .put("method", cell.given().text())
            .put("dimension", cell.dimension())
            .put("blockSize", cell.layout().blockSize())
            .put("workers", cell.workers())
            .put("input", cell.draws().input().toString())
            .put("vectors", cell.draws().vectors().toString())
            .put("loss", cell.loss())
            .put("trials", vnmse.count())
            .put("vnmse", vnmse.mean())
            .put("vnmseStdErr", vnmse.standardError())
            .put("nmse", nmse.mean())
            .put("nmseStdErr", nmse.standardError())
            .put("squaredBias", bias.squaredBias())
            .put("squaredBiasStdErr", bias.standardError())
            .put("wireBits", wireBits(cell, groups))
            .put("blockBits", groups.stream().mapToDouble(group -> group.largestBlockBits).max().orElse(0))
            .put("encodeNsPerCoordinate", WarmTime.median(groups.stream().map(group -> group.encoding).toList()))
            .put("decodeNsPerCoordinate", WarmTime.median(groups.stream().map(group -> group.decoding).toList()))
            .put("averageNmse", averageError)
            .put("expectedVnmse", cell.expectedVnmse().orElse(Double.NaN))
            .put("vnmseP50", quantile(errors, .5))
            .put("vnmseP90", quantile(errors, .9))
            .put("vnmseP99", quantile(errors, .99))
            .put("vnmseMax", errors[errors.length - 1])
            .put("figure", cell.figure());
    }

    /** Returns the smallest number that this share of the sorted numbers does not exceed. */
    static double quantile(double[] sorted, double share) {
        return sorted[(int) Math.ceil(share * sorted.length) - 1];
    }

    /** Returns the mean number of bits per coordinate sent. */
    private static double wireBits(Cell cell, List<TrialGroup> groups) {
        long bytes = groups.stream().mapToLong(group -> group.payloadBytes).sum();
        return (double) bytes * Byte.SIZE / ((double) cell.trials() * cell.workers() * cell.dimension());
    }
}
