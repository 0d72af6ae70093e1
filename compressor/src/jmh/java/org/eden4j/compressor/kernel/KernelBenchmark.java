package org.eden4j.compressor.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.eden4j.compressor.Simd;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Each kernel as a plain loop and in vectors, with an array copy and one pass over the block (read, multiply, write) for
 * comparison. Microseconds per block of {@link #n} coordinates.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 5, jvmArgsPrepend = {"--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class KernelBenchmark {
    /** Number of coordinates: two powers of two, and the smallest block as the awkward size. */
    @Param({"128", "4096", "65536"})
    private int n;

    private final Kernels scalar = new ScalarKernels();
    private final Kernels vector = KernelProvider.kernels();
    private float[] from;
    private float[] to;
    private MemorySegment x;
    private MemorySegment y;
    private MemorySegment words;
    private MemorySegment payload;

    @Setup(Level.Trial)
    public void allocate() {
        if (Simd.widthBits() == 0) {
            throw new IllegalStateException("SIMD is off: there is nothing to compare with");
        }
        SplittableRandom random = new SplittableRandom(1);
        from = new float[n];
        to = new float[n];
        x = Arena.global().allocate(4L * n, 64);
        y = Arena.global().allocate(4L * n, 64);
        words = Arena.global().allocate(8L * Kernels.signWordCount(n), 64);
        payload = Arena.global().allocate(n, 64);
        for (int i = 0; i < n; i++) {
            from[i] = (float) random.nextGaussian();
        }
        scalar.signWords(1, 2, words, n);
    }

    /** Transforms grow their input, so each iteration starts again. */
    @Setup(Level.Iteration)
    public void fill() {
        MemorySegment.copy(MemorySegment.ofArray(from), 0, x, 0, 4L * n);
        vector.quantize(x, n, 1, 0, Codebook.ofBits(4), y);
        vector.pack(y, n, 4, payload, 0);
    }

    @Benchmark
    public float[] arrayCopy() {
        System.arraycopy(from, 0, to, 0, n);
        return to;
    }

    @Benchmark
    public void passScalar() {
        scalar.scale(x, 0, n, .9999999f, x);
    }

    @Benchmark
    public void passVector() {
        vector.scale(x, 0, n, .9999999f, x);
    }

    @Benchmark
    public void hadamardScalar() {
        scalar.hadamard(x, n);
    }

    @Benchmark
    public void hadamardVector() {
        vector.hadamard(x, n);
    }

    @Benchmark
    public void rotateTwiceScalar() {
        scalar.rotateTwice(x, 0, n, words, y);
    }

    @Benchmark
    public void rotateTwiceVector() {
        vector.rotateTwice(x, 0, n, words, y);
    }

    /** Uses a factor of zero: the content of x grows without bound. */
    @Benchmark
    public void addInverseTwiceScalar() {
        scalar.addInverseTwice(x, n, words, 0, y, 0);
    }

    @Benchmark
    public void addInverseTwiceVector() {
        vector.addInverseTwice(x, n, words, 0, y, 0);
    }

    @Benchmark
    public void signWordsScalar() {
        scalar.signWords(1, 2, words, n);
    }

    @Benchmark
    public void signWordsVector() {
        vector.signWords(1, 2, words, n);
    }

    @Benchmark
    public double dotScalar() {
        return scalar.dot(x, x, n);
    }

    @Benchmark
    public double dotVector() {
        return vector.dot(x, x, n);
    }

    @Benchmark
    public double quantizeAndPack4Scalar() {
        return scalar.quantizeAndPack(x, n, 1, 0, Codebook.ofBits(4), y, payload, 0);
    }

    @Benchmark
    public double quantizeAndPack4Vector() {
        return vector.quantizeAndPack(x, n, 1, 0, Codebook.ofBits(4), y, payload, 0);
    }

    @Benchmark
    public double quantizeAndPack8Scalar() {
        return scalar.quantizeAndPack(x, n, 1, 0, Codebook.ofBits(8), y, payload, 0);
    }

    @Benchmark
    public double quantizeAndPack8Vector() {
        return vector.quantizeAndPack(x, n, 1, 0, Codebook.ofBits(8), y, payload, 0);
    }

    @Benchmark
    public void unpack4Scalar() {
        scalar.unpack(payload, 0, n, Codebook.ofBits(4), y);
    }

    @Benchmark
    public void unpack4Vector() {
        vector.unpack(payload, 0, n, Codebook.ofBits(4), y);
    }

    @Benchmark
    public void unpack8Scalar() {
        scalar.unpack(payload, 0, n, Codebook.ofBits(8), y);
    }

    @Benchmark
    public void unpack8Vector() {
        vector.unpack(payload, 0, n, Codebook.ofBits(8), y);
    }
}
