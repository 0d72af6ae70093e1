package org.eden4j.simulator.sweep;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.ErrorFeedback;
import org.eden4j.compressor.GradientCodec;
import org.eden4j.simulator.cli.Progress;
import org.eden4j.simulator.input.Draws;

/** Some trials of a cell, run one after another in one thread; read the measurements after {@link #run}. */
final class TrialGroup {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    /** Separates the draws of lost blocks from the seeds of the blocks. */
    private static final long LOSS_STREAM = 0x3C6EF372FE94F82AL;

    final Moments vnmse = new Moments();
    final Moments nmse = new Moments();
    /** Null if new vectors are drawn for each trial. */
    final BiasSums bias;
    /** |x|^2 of worker 0 in the last trial. */
    double squaredNorm;
    /** Bytes of all payloads of all workers. */
    long payloadBytes;
    /** Bits per coordinate of the block with the largest payload. */
    double largestBlockBits;
    /** |x^ - x|^2 / |x|^2 of each trial, averaged over its workers. */
    final double[] errors;
    final WarmTime encoding = new WarmTime();
    final WarmTime decoding = new WarmTime();

    private final Cell cell;
    private final BlockLayout layout;
    private final long firstTrial;
    private final long trials;

    TrialGroup(Cell cell, long firstTrial, long trials) {
        this.cell = cell;
        this.firstTrial = firstTrial;
        this.trials = trials;
        layout = cell.layout();
        errors = new double[Math.toIntExact(trials)];
        bias = cell.draws().fixed() ? new BiasSums(cell.dimension()) : null;
    }

    TrialGroup run(Progress progress) {
        try (Arena arena = Arena.ofConfined()) {
            Trial trial = new Trial(arena);
            for (long t = firstTrial; t < firstTrial + trials; t++) {
                trial.run(t);
                progress.step(1);
            }
        }
        return this;
    }

    /** Returns |x^ - x|^2 / |x|^2; a zero vector that decodes to zeros has no error. */
    static double relative(double squaredError, double squaredNorm) {
        return squaredError == 0 ? 0 : squaredError / squaredNorm;
    }

    /** The memory of a trial, reused by the next. */
    private final class Trial {
        /** One codec per worker with its residual, or one per method without error feedback. */
        private final GradientCodec[] codecs = new GradientCodec[cell.errorFeedback()
                ? cell.workers()
                : cell.given().inTurn().size()];
        private final ErrorFeedback[] memories = new ErrorFeedback[codecs.length];
        /** Payloads by method. */
        private final GradientCodec.Payloads[] payloads = new GradientCodec.Payloads[Math.min(codecs.length,
                cell.given().inTurn().size())];
        private final VectorSource source;
        private final MemorySegment decoded;
        private final float[] sum = new float[cell.dimension()];
        private final double[] exactSum = new double[cell.dimension()];
        private final int[] arrived = new int[layout.blockCount()];

        Trial(Arena arena) {
            source = new VectorSource(cell.draws(), cell.dimension(), cell.workers(), arena);
            decoded = VectorSource.floats(arena, layout.sumLength());
            for (int worker = 0; worker < codecs.length; worker++) {
                codecs[worker] = codec(worker);
            }
            Arrays.setAll(payloads, i -> codecs[i].newPayloads());
        }

        private GradientCodec codec(int worker) {
            if (!cell.errorFeedback()) {
                return new GradientCodec(cell.method(worker), layout, 1);
            }
            memories[worker] = new ErrorFeedback(cell.dimension());
            return new GradientCodec(cell.method(worker), layout, 1, memories[worker]);
        }

        void run(long trial) {
            boolean average = cell.workers() > 1 || cell.loss() > 0;
            if (average) {
                Arrays.fill(sum, 0);
                Arrays.fill(exactSum, 0);
                Arrays.fill(arrived, 0);
            }
            double sumOfErrors = 0;
            double squares = 0;
            for (int worker = 0; worker < cell.workers(); worker++) {
                MemorySegment vector = source.vector(trial, worker);
                throughCodec(vector, trial, worker);
                double square = squaredNorm(vector);
                double error = squaredError(vector, worker == 0 ? bias : null);
                if (worker == 0) {
                    squaredNorm = square;
                }
                sumOfErrors += relative(error, square);
                squares += square;
                if (average) {
                    addToMean(vector, trial, worker);
                }
            }
            double error = sumOfErrors / cell.workers();
            errors[(int) (trial - firstTrial)] = error;
            vnmse.add(error);
            nmse.add(average ? relative(errorOfMean(), squares / cell.workers()) : error);
        }

        private void throughCodec(MemorySegment vector, long trial, int worker) {
            int number = Draws.number(worker);
            GradientCodec codec = codecs[worker % codecs.length];
            GradientCodec.Payloads sent = payloads[worker % payloads.length];
            long seed = cell.draws().seed();
            decoded.fill((byte) 0);
            long begin = System.nanoTime();
            codec.encode(vector, seed, trial, number, sent);
            long middle = System.nanoTime();
            codec.accumulate(sent, seed, trial, number, 1, decoded);
            codec.finish(seed, trial, decoded);
            long end = System.nanoTime();
            if (cell.errorFeedback()) {
                memories[worker].commit();
            }
            payloadBytes += sent.totalBytes();
            for (int block = 0; block < layout.blockCount(); block++) {
                double bits = (double) Byte.SIZE * sent.length(block) / layout.length(block);
                largestBlockBits = Math.max(largestBlockBits, bits);
            }
            encoding.add(middle - begin, cell.dimension());
            decoding.add(end - middle, cell.dimension());
        }

        private BlockSeed seed(long trial, int worker, int block) {
            return BlockSeed.of(cell.draws().seed(), trial, Draws.number(worker), block);
        }

        private double squaredError(MemorySegment vector, BiasSums biasOrNull) {
            double even = 0;
            double odd = 0;
            int dimension = cell.dimension();
            for (int i = 0; i + 1 < dimension; i += 2) {
                double a = decoded.getAtIndex(FLOAT, i) - vector.getAtIndex(FLOAT, i);
                double b = decoded.getAtIndex(FLOAT, i + 1) - vector.getAtIndex(FLOAT, i + 1);
                even += a * a;
                odd += b * b;
            }
            if ((dimension & 1) == 1) {
                double a = decoded.getAtIndex(FLOAT, dimension - 1) - vector.getAtIndex(FLOAT, dimension - 1);
                even += a * a;
            }
            if (biasOrNull != null) {
                biasOrNull.next(even + odd);
                for (int i = 0; i < dimension; i++) {
                    biasOrNull.add(i, (double) decoded.getAtIndex(FLOAT, i) - vector.getAtIndex(FLOAT, i));
                }
            }
            return even + odd;
        }

        private void addToMean(MemorySegment vector, long trial, int worker) {
            for (int i = 0; i < exactSum.length; i++) {
                exactSum[i] += vector.getAtIndex(FLOAT, i);
            }
            SplittableRandom losses = new SplittableRandom(seed(trial, worker, 0).own() ^ LOSS_STREAM);
            for (int b = 0; b < layout.blockCount(); b++) {
                if (cell.loss() > 0 && losses.nextDouble() < cell.loss()) {
                    continue;
                }
                arrived[b]++;
                int end = layout.offset(b) + layout.length(b);
                for (int i = layout.offset(b); i < end; i++) {
                    sum[i] += decoded.getAtIndex(FLOAT, i);
                }
            }
        }

        /** Returns the error of the mean; a block that nobody delivered counts as zeros. */
        private double errorOfMean() {
            double error = 0;
            for (int b = 0; b < layout.blockCount(); b++) {
                float share = arrived[b] == 0 ? 0 : 1f / arrived[b];
                int end = layout.offset(b) + layout.length(b);
                for (int i = layout.offset(b); i < end; i++) {
                    double difference = share * sum[i] - exactSum[i] / cell.workers();
                    error += difference * difference;
                }
            }
            return error;
        }
    }

    private static double squaredNorm(MemorySegment vector) {
        double even = 0;
        double odd = 0;
        long count = vector.byteSize() / Float.BYTES;
        for (long i = 0; i < count; i++) {
            double x = vector.getAtIndex(FLOAT, i);
            if ((i & 1) == 0) {
                even += x * x;
            } else {
                odd += x * x;
            }
        }
        return even + odd;
    }
}
