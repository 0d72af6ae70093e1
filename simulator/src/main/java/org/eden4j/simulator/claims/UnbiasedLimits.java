package org.eden4j.simulator.claims;

import java.util.List;
import java.util.random.RandomGenerator;

/** The article on unbiased estimates: the cost of one bit with EDEN and QJL, and the mean of estimates. */
final class UnbiasedLimits implements Chapter {
    private static final String SECTION = Source.ARTICLE.at("\"Unbiased compression\"");
    private static final int EDEN_DIMENSION = 1 << 16;
    private static final int EDEN_VECTORS = 20;
    /** Dimension for which a Gaussian matrix is drawn for each vector. */
    private static final int QJL_DIMENSION = 512;
    private static final int QJL_VECTORS = 12;
    private static final int BIAS_DIMENSION = 1024;
    private static final int SEEDS = 2500;

    private record OneBit(double eden, double qjl) {}

    @Override
    public String title() {
        return "One bit, unbiased";
    }

    @Override
    public Findings measure(Laboratory laboratory) throws InterruptedException {
        Runs<OneBit> runs = laboratory.repeat("one-bit", seed -> new OneBit(
                meanError("drive", EDEN_DIMENSION, EDEN_VECTORS, seed),
                meanError("turboquant-prod:bits=1", QJL_DIMENSION, QJL_VECTORS, seed)));
        Runs<Double> twoRounds = laboratory.repeat("bias", seed -> squaredBias("eden:bits=1", seed));
        Runs<Double> oneRound = laboratory.repeat("bias", seed -> squaredBias("eden:bits=1,rounds=1", seed));
        String howBias = "squared bias of the vector (2, 1, 0, ...), d = 1024, over |x|^2; read as at most 1e-5";
        List<Claim> claims = List.of(
                Claim.judged("EDEN's vNMSE at 1 bit converges to pi/2 - 1", SECTION, Stated.value("0.57"),
                        runs.mean(OneBit::eden), "d = 65536"),
                Claim.judged("QJL's vNMSE converges to pi/2", SECTION, Stated.value("1.57"), runs.mean(OneBit::qjl),
                        "turboquant-prod:bits=1 is QJL alone, Gaussian matrix, d = 512"),
                Claim.judged("QJL's is higher by a factor of", SECTION, Stated.value("2.75"),
                        runs.mean(run -> run.qjl / run.eden), "exactly (pi/2) / (pi/2 - 1) = 2.752"),
                Claim.judged("EDEN-unbiased is correct on average",
                        Source.ARTICLE.at("\"How EDEN quantizes a vector\""),
                        Stated.atMost("1e-5"), twoRounds.mean(bias -> bias), howBias + "; two rounds of Hadamard"),
                Claim.judged("EDEN-unbiased is correct on average, with one Hadamard round",
                        Source.ARTICLE.beside("\"How EDEN quantizes a vector\""), Stated.atMost("1e-5"),
                        oneRound.mean(bias -> bias),
                        howBias + "; the article asks for a random orthogonal matrix, which one round is not"));
        return new Findings("", claims);
    }

    private static double meanError(String method, int dimension, int vectors, long seed) {
        RandomGenerator random = Gaussians.generator(seed + dimension);
        float[] vector = new float[dimension];
        double sum = 0;
        try (CodecTrip trip = new CodecTrip(method, dimension)) {
            for (int i = 0; i < vectors; i++) {
                Gaussians.fill(random, vector);
                sum += trip.go(vector, seed, i).error();
            }
        }
        return sum / vectors;
    }

    /** Returns (|sum e|^2 - sum |e|^2) / (T (T-1) |x|^2) over T seeds, whose expectation is the squared bias. */
    private static double squaredBias(String method, long seed) {
        float[] vector = new float[BIAS_DIMENSION];
        vector[0] = 2;
        vector[1] = 1;
        double[] sum = new double[BIAS_DIMENSION];
        double squares = 0;
        try (CodecTrip trip = new CodecTrip(method, BIAS_DIMENSION)) {
            for (int t = 0; t < SEEDS; t++) {
                trip.go(vector, seed, t);
                for (int i = 0; i < sum.length; i++) {
                    double error = trip.estimate()[i] - vector[i];
                    sum[i] += error;
                    squares += error * error;
                }
            }
        }
        double squaredSum = 0;
        for (double value : sum) {
            squaredSum += value * value;
        }
        return (squaredSum - squares) / (SEEDS * (SEEDS - 1.0) * 5);
    }
}
