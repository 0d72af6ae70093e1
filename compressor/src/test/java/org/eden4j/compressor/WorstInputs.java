package org.eden4j.compressor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;

/**
 * A search for the blocks whose unbiased estimate has the largest squared bias: families of inputs whose rotated
 * coordinates lie on a lattice, then hill climbing from the worst of them. Seeded and repeatable; the printed values
 * are measured over seeds not used by the search. From the compressor's directory after {@code mvn test-compile}:
 *
 * <pre>
 * java --add-modules jdk.incubator.vector -cp target/classes:target/test-classes \
 *     org.eden4j.compressor.WorstInputs drive,eden:bits=2,eden:bits=4 128,1024,4096
 * </pre>
 *
 * <p>Rounds and codings are part of a method. {@link SquaredBias} has the statistics.
 */
public final class WorstInputs {
    private static final long SEED = 71;
    private static final long FRESH = 1_000_003;
    private static final double LOOK_ERROR = 8e-6;
    private static final double FINAL_ERROR = 2e-6;
    private static final int BATCH = 1000;
    private static final int MOST_TRIALS = 200_000;
    private static final int CLIMBERS = 3;
    private static final int STEPS = 40;
    private static final int SHOWN = 4;

    private final Method method;
    private final int size;
    private final BlockPipe pipe;
    private final SplittableRandom random;

    private WorstInputs(Method method, int size) {
        this.method = method;
        this.size = size;
        pipe = new BlockPipe(method, size);
        random = new SplittableRandom(SEED + size);
    }

    /** An input with its measurement. */
    private record Found(String name, float[] x, double squaredBias, double standardError, double vnmse, int trials) {}

    public static void main(String[] arguments) {
        for (String text : arguments[0].split(",(?=[a-z-]+(:|,|$))")) {
            for (String size : arguments[1].split(",")) {
                new WorstInputs(Method.parse(text), Integer.parseInt(size)).search();
            }
        }
    }

    private void search() {
        List<Found> looked = new ArrayList<>();
        inputs((name, x) -> looked.add(measure(name, x, SEED, LOOK_ERROR)));
        looked.sort(Comparator.comparingDouble(Found::squaredBias).reversed());
        List<Found> best = new ArrayList<>();
        for (Found start : looked.subList(0, CLIMBERS)) {
            best.add(climb(start));
        }
        best.addAll(looked.subList(0, SHOWN));
        List<Found> sure = new ArrayList<>();
        for (Found found : best) {
            sure.add(measure(found.name, found.x, FRESH, FINAL_ERROR));
        }
        sure.sort(Comparator.comparingDouble(Found::squaredBias).reversed());
        for (Found found : sure.subList(0, SHOWN)) {
            Measurement.print("%s d=%d %s: squared bias %.2e +- %.1e, vNMSE %.4g, %d trials, seed %d, %d inputs",
                    method,
                    size, found.name, found.squaredBias, found.standardError, found.vnmse, found.trials, FRESH,
                    looked.size() + CLIMBERS * STEPS);
        }
    }

    /** Changes a coordinate, a sign or the small coordinates at each step, and keeps the changes that look worse. */
    private Found climb(Found start) {
        Found best = start;
        int kept = 0;
        for (int step = 0; step < STEPS; step++) {
            Found next = measure(start.name, changed(best.x), SEED, LOOK_ERROR);
            if (next.squaredBias > best.squaredBias) {
                best = next;
                kept++;
            }
        }
        return new Found(start.name + " after " + kept + " steps", best.x, best.squaredBias, best.standardError,
                best.vnmse, best.trials);
    }

    private float[] changed(float[] x) {
        float[] y = x.clone();
        float largest = 0;
        for (float value : x) {
            largest = Math.max(largest, Math.abs(value));
        }
        int i = random.nextInt(size);
        switch (random.nextInt(5)) {
            case 0 -> y[i] = random.nextBoolean() ? largest : -largest;
            case 1 -> {
                int j = random.nextInt(size);
                y[i] = x[j];
                y[j] = x[i];
            }
            case 2 -> scaleSmall(y, largest, random.nextBoolean() ? 2 : .5f);
            case 3 -> y[largestPlace(y, random.nextInt(8))] *= random.nextBoolean() ? .5f : -1;
            default -> y[i] = (float) ((random.nextDouble() - .5) * largest);
        }
        return y;
    }

    private static void scaleSmall(float[] y, float largest, float factor) {
        for (int i = 0; i < y.length; i++) {
            y[i] *= Math.abs(y[i]) < largest / 4 ? factor : 1;
        }
    }

    /** Returns the index of the coordinate with this rank, counted from the largest. */
    private static int largestPlace(float[] y, int rank) {
        Integer[] places = new Integer[y.length];
        Arrays.setAll(places, i -> i);
        Arrays.sort(places, Comparator.comparingDouble(i -> -Math.abs(y[i])));
        return places[rank];
    }

    private Found measure(String name, float[] x, long seed, double accuracy) {
        SquaredBias bias = new SquaredBias(x);
        RunningMean vnmse = new RunningMean();
        int trials = 0;
        do {
            for (int i = 0; i < BATCH; i++) {
                float[] estimate = pipe.send(x, BlockSeed.of(seed, trials++, 0, 0));
                bias.add(estimate);
                vnmse.add(TestVectors.relativeError(x, estimate));
            }
        } while (bias.standardError() > accuracy && trials < MOST_TRIALS);
        return new Found(name, x, bias.value(), bias.standardError(), vnmse.mean(), trials);
    }

    /** Receives an input. */
    private interface Sink {
        void take(String name, float[] x);
    }

    private void inputs(Sink sink) {
        for (double rest : new double[]{1e-5, .001, .01, .03, .1}) {
            for (int count : new int[]{1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 32, 64}) {
                sink.take(count + " equal at random places, rest " + rest, spikes(count, 1, Place.RANDOM, rest));
                sink.take(count + " equal at the first places, rest " + rest, spikes(count, 1, Place.FIRST, rest));
            }
            for (int count : new int[]{2, 4, 8}) {
                sink.take(count + " equal at even distances, rest " + rest, spikes(count, 1, Place.EVEN, rest));
                sink.take(count + " halving at random places, rest " + rest, spikes(count, .5, Place.RANDOM, rest));
                sink.take(count + " by thirds at random places, rest " + rest,
                        spikes(count, 1 / 3.0, Place.RANDOM, rest));
            }
            sink.take("powers of two, rest " + rest, with(rest, i -> Math.scalb(1.0, -Math.min(i, 60))));
            sink.take("row of a Hadamard matrix, rest " + rest,
                    with(rest, i -> (Integer.bitCount(i & 37) & 1) == 0 ? 1 : -1));
            sink.take("alternating signs, rest " + rest, with(rest, i -> (i & 1) == 0 ? 1 : -1));
            sink.take("constant, rest " + rest, with(rest, _ -> 1));
            sink.take("a quarter of ones, rest " + rest, with(rest, i -> i < size / 4 ? 1 : 0));
        }
        sink.take("signs and a .99", with(0, i -> i == 5 ? .99 : (Integer.bitCount(i * 0x9E3779B9) & 1) == 0 ? 1 : -1));
    }

    private enum Place {
        RANDOM, FIRST, EVEN
    }

    private float[] spikes(int count, double ratio, Place place, double rest) {
        float[] x = new float[size];
        double value = 1;
        for (int j = 0; j < count; j++) {
            x[switch (place) {
                case RANDOM -> random.nextInt(size);
                case FIRST -> j;
                case EVEN -> j * (size / count);
            }] = (float) value;
            value *= ratio;
        }
        return with(rest, i -> x[i]);
    }

    /** Returns these values plus noise with a share of their norm. */
    private float[] with(double rest, IntToDoubleFunction values) {
        float[] noise = TestVectors.normal(SEED, size);
        double squares = 0;
        for (int i = 0; i < size; i++) {
            squares += values.applyAsDouble(i) * values.applyAsDouble(i);
        }
        double scale = rest * Math.sqrt(squares / size);
        float[] x = new float[size];
        for (int i = 0; i < size; i++) {
            x[i] = (float) (values.applyAsDouble(i) + scale * noise[i]);
        }
        return x;
    }
}
