package org.eden4j.simulator.claims;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Section 7.2 of the reply: the same 10,000 vectors under five Hadamard rotations, each with fixed signs. */
final class RotationSeeds implements Chapter {
    private static final String SECTION = Source.REPLY.at("section 7.2 (HL8)");
    private static final int DIMENSION = 128;
    private static final int VECTORS = 10_000;
    private static final int ROTATIONS = 5;

    /** Mean errors by rotation. */
    private record Seeds(double[] matched, double[] eden) {
        double largestGap() {
            double largest = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < ROTATIONS; i++) {
                largest = Math.max(largest, gap(i));
            }
            return largest;
        }

        double leastGap() {
            double least = Double.POSITIVE_INFINITY;
            for (int i = 0; i < ROTATIONS; i++) {
                least = Math.min(least, gap(i));
            }
            return least;
        }

        /** Returns the percentage by which EDEN's scale has a larger error. */
        private double gap(int i) {
            return 100 * (eden[i] / matched[i] - 1);
        }
    }

    @Override
    public String title() {
        return "Seeds of the Hadamard rotation";
    }

    @Override
    public Findings measure(Laboratory laboratory) throws InterruptedException {
        // The deviation of five numbers varies by a third between runs.
        Runs<Seeds> runs = laboratory.repeat("rotation-seeds", 2 * laboratory.runs(), RotationSeeds::run);
        String note = "five rotations of the same " + VECTORS + " vectors";
        List<Claim> claims = List.of(
                Claim.judged("matched norm: mean error", SECTION, Stated.value("9.157e-03"),
                        runs.likeTheText(run -> mean(run.matched)), note),
                Claim.judged("EDEN's scale: mean error", SECTION, Stated.value("9.223e-03"),
                        runs.likeTheText(run -> mean(run.eden)), note),
                Claim.judged("matched norm: deviation between seeds over mean", SECTION, Stated.percent("0.13"),
                        runs.likeTheText(run -> deviation(run.matched)), note),
                Claim.judged("EDEN's scale: deviation between seeds over mean", SECTION, Stated.percent("0.13"),
                        runs.likeTheText(run -> deviation(run.eden)), note),
                Claim.judged("EDEN's scale over matched norm, least of five seeds", SECTION, Stated.percent("0.73"),
                        runs.likeTheText(Seeds::leastGap), note),
                Claim.judged("EDEN's scale over matched norm, largest of five seeds", SECTION, Stated.percent("0.73"),
                        runs.likeTheText(Seeds::largestGap), note));
        return new Findings("", claims);
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    /** Returns the standard deviation of the five, as a percentage of their mean. */
    private static double deviation(double[] values) {
        double mean = mean(values);
        double squares = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
        return 100 * Math.sqrt(squares / values.length) / mean;
    }

    private static Seeds run(long seed) {
        RandomGenerator random = Gaussians.generator(seed);
        float[] vector = new float[DIMENSION];
        double[] matched = new double[ROTATIONS];
        double[] eden = new double[ROTATIONS];
        try (CodecTrip byMatched = new CodecTrip("matched-norm:bits=4,rounds=1", DIMENSION);
                CodecTrip byEden = new CodecTrip("eden:bits=4,rounds=1", DIMENSION)) {
            for (int i = 0; i < VECTORS; i++) {
                Gaussians.fill(random, vector);
                for (int rotation = 0; rotation < ROTATIONS; rotation++) {
                    matched[rotation] += byMatched.go(vector, seed, rotation).errorPerCoordinate(DIMENSION) / VECTORS;
                    eden[rotation] += byEden.go(vector, seed, rotation).errorPerCoordinate(DIMENSION) / VECTORS;
                }
            }
        }
        return new Seeds(matched, eden);
    }
}
