package org.eden4j.simulator.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.Methods;
import org.eden4j.compressor.eden.RotatedMethod;
import org.eden4j.compressor.eden.RotationKind;
import org.eden4j.simulator.input.Draws;
import org.eden4j.simulator.input.Input;
import org.eden4j.simulator.input.Vectors;

/**
 * The standard figures of papers on mean estimation, as cells of a sweep: error against bits (all methods, on lognormal
 * vectors and on gradients), against dimension, workers, correlation, loss and mixed budgets, and the tails of the
 * error.
 */
enum Preset {
    /** Takes minutes: all methods, with enough trials for smooth lines. */
    PAPER(8_000_000, 1024, 32_768),
    /** Takes seconds: fewer trials, workers and coordinates. */
    QUICK(600_000, 64, 4096);

    private static final int BITS_DIMENSION = 4096;
    private static final int LOST_BLOCK = 512;
    private static final int MOST_TRIALS = 20_000;
    private static final List<String> COMPARED = List.of("eden:bits=1", "eden:bits=2", "eden:bits=4",
            "eden:bits=2,coding=entropy", "eden:bits=2,coding=trellis", "turboquant-mse:bits=2", "matched-norm:bits=2",
            "sq:bits=2,rotate=true", "qsgd:bits=4", "kashin:bits=2", "quicfl:bits=2", "terngrad");

    /** Number of coordinates processed in each cell. */
    private final long coordinates;
    private final int mostWorkers;
    private final int largestDimension;

    Preset(long coordinates, int mostWorkers, int largestDimension) {
        this.coordinates = coordinates;
        this.mostWorkers = mostWorkers;
        this.largestDimension = largestDimension;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns all cells, figure by figure. */
    List<Cell> cells(long seed) {
        Figures figures = new Figures(seed);
        figures.bits();
        figures.dimension();
        figures.workers();
        figures.correlation();
        figures.loss();
        figures.budgets();
        figures.tails();
        return figures.cells;
    }

    /**
     * Returns the methods of the error-against-bits figure: each family at its numbers of bits, and every example of
     * the registry.
     */
    static List<String> allMethods() {
        Stream<String> series = Stream.of("eden:bits=%s", "eden:bits=%s,scale=biased", "turboquant-mse:bits=%s",
                "matched-norm:bits=%s", "sq:bits=%s", "sq:bits=%s,rotate=true", "kashin:bits=%s", "quicfl:bits=%s")
            .flatMap(form -> Stream.of(1, 2, 3, 4, 6, 8).map(bits -> String.format(Locale.ROOT, form, bits)));
        Stream<String> entropy = Stream.of(".5", "1", "1.5", "2", "3", "4", "6")
            .map(bits -> "eden:bits=" + (bits.startsWith(".") ? "0" : "") + bits + ",coding=entropy");
        Stream<String> trellis = Stream.of(1, 2, 3, 4).map(bits -> "eden:bits=" + bits + ",coding=trellis");
        Stream<String> others = Stream.of("eden:bits=0.25", "eden:bits=0.5", "eden:bits=1.5", "eden:bits=2.5",
                "qsgd:bits=2", "qsgd:bits=3", "qsgd:bits=4", "qsgd:bits=6", "qsgd:bits=8", "topk:fraction=0.01",
                "topk:fraction=0.03", "topk:fraction=0.1", "randk:fraction=0.01", "randk:fraction=0.03",
                "randk:fraction=0.1");
        Stream<String> examples = Methods.examples()
            .stream()
            .filter(method -> method.largestBlock() >= BITS_DIMENSION && method.vnmse().orElse(1) > 0)
            .map(Method::toString);
        return Stream.of(series, entropy, trellis, others, examples).flatMap(all -> all).distinct().toList();
    }

    /** Collects the cells. */
    private final class Figures {
        private final List<Cell> cells = new ArrayList<>();
        private final long seed;

        Figures(long seed) {
            this.seed = seed;
        }

        private void add(String figure, String method, int dimension, int workers, String input, String vectors,
                double loss) {
            SweepMethods methods = SweepMethods.parse(method);
            long work = (long) dimension * workers * (isDense(methods) ? dimension : 1);
            long least = figure.equals("tails") ? 1000 : 20;
            long trials = Math.clamp(coordinates / work, least, MOST_TRIALS);
            Draws draws = new Draws(Input.parse(input), Vectors.parse(vectors), false, seed);
            int block = figure.equals("loss") ? LOST_BLOCK : Cell.FULL;
            cells.add(new Cell(figure, methods, dimension, block, workers, draws, loss, (int) trials, false));
        }

        /** Tells whether a method multiplies by a dense matrix, whose O(d^2) would take most of a sweep's time. */
        private static boolean isDense(SweepMethods methods) {
            return methods.inTurn()
                .stream()
                .anyMatch(method -> method instanceof RotatedMethod rotated && rotated.rotation() == RotationKind.HAAR);
        }

        void bits() {
            for (String input : List.of("lognormal", "gradients")) {
                for (String method : allMethods()) {
                    add("bits", method, BITS_DIMENSION, 1, input, "independent", 0);
                }
            }
        }

        void dimension() {
            for (String method : COMPARED) {
                for (int d = 128; d <= largestDimension; d *= 4) {
                    add("dimension", method, d, 1, "lognormal", "independent", 0);
                }
            }
        }

        void workers() {
            Stream.concat(COMPARED.stream(), Stream.of("eden:bits=1,scale=biased", "signsgd", "topk:fraction=0.1"))
                .forEach(method -> {
                    for (int n = 1; n <= mostWorkers; n *= 4) {
                        add("workers", method, 1024, n, "lognormal", "same", 0);
                    }
                });
        }

        void correlation() {
            for (String method : List.of("eden:bits=1", "eden:bits=4", "eden:bits=1,scale=biased",
                    "turboquant-mse:bits=2", "sq:bits=2,rotate=true")) {
                for (String vectors : List.of("independent", "correlated:0.25", "correlated:0.5", "correlated:0.75",
                        "same")) {
                    add("correlation", method, 1024, 16, "normal", vectors, 0);
                }
            }
        }

        void loss() {
            for (String method : List.of("eden:bits=1", "eden:bits=2", "eden:bits=4")) {
                for (double loss : new double[]{0, .01, .02, .05, .1, .2, .4}) {
                    add("loss", method, 4096, 16, "normal", "same", loss);
                }
            }
        }

        void budgets() {
            for (String form : List.of("eden:bits=%d", "sq:bits=%d,rotate=true")) {
                for (int[] budgets : new int[][]{{1}, {2}, {3}, {4}, {5}, {1, 3}, {1, 4}, {1, 2, 4, 8}, {2, 6}}) {
                    add("budgets", mixed(form, budgets), 4096, 16, "lognormal", "same", 0);
                }
            }
        }

        private static String mixed(String form, int... budgets) {
            List<String> methods = new ArrayList<>();
            for (int bits : budgets) {
                methods.add(String.format(Locale.ROOT, form, bits));
            }
            return String.join(" + ", methods);
        }

        void tails() {
            for (String method : List.of("eden:bits=4", "turboquant-mse:bits=4", "sq:bits=4,rotate=true")) {
                for (int d = 128; d <= 4096; d *= 2) {
                    add("tails", method, d, 1, "lognormal", "independent", 0);
                }
            }
        }
    }
}
