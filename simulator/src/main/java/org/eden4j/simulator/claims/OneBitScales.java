package org.eden4j.simulator.claims;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Appendix A of the reply: three scales on the signs of the same rotated vectors, d = 128, 50,000 vectors per run; and
 * the identity of the three scales.
 */
final class OneBitScales implements Chapter {
    private static final String SECTION = Source.REPLY.at("appendix A");
    private static final int DIMENSION = 128;
    private static final int VECTORS = 50_000;
    private static final LloydCodebook SIGNS = LloydCodebook.converged(1);

    /** Means over the vectors of a run. */
    private record Scale(double error, double inner, double norm) {}

    private record Scales(Scale biased, Scale unbiased, Scale matched, double exactNorm, double identity) {}

    @Override
    public String title() {
        return "Three scales at one bit";
    }

    @Override
    public Findings measure(Laboratory laboratory) throws InterruptedException {
        Runs<Scales> runs = laboratory.repeat("one-bit-scales", OneBitScales::run);
        String codec = "drive with one Hadamard round";
        List<Claim> claims = List.of(
                Claim.judged("biased scale: error per coordinate", SECTION, Stated.value("0.361"),
                        runs.likeTheText(run -> run.biased.error), codec),
                Claim.judged("unbiased scale: error per coordinate", SECTION, Stated.value("0.567"),
                        runs.likeTheText(run -> run.unbiased.error), codec),
                Claim.judged("matched norm: error per coordinate", SECTION, Stated.value("0.401"),
                        runs.likeTheText(run -> run.matched.error), codec),
                Claim.judged("biased scale: <x^,x>/|x|^2", SECTION, Stated.value("0.640"),
                        runs.likeTheText(run -> run.biased.inner), codec + "; exactly 1 minus the relative error"),
                Claim.judged("unbiased scale: <x^,x>/|x|^2", SECTION, Stated.value("1.000"),
                        runs.likeTheText(run -> run.unbiased.inner), codec),
                Claim.judged("matched norm: <x^,x>/|x|^2", SECTION, Stated.value("0.799"),
                        runs.likeTheText(run -> run.matched.inner), codec),
                Claim.judged("biased scale: norm error", SECTION, Stated.value("0.201"),
                        runs.likeTheText(run -> run.biased.norm), "mean of | |x^| - |x| | / |x|"),
                Claim.judged("unbiased scale: norm error", SECTION, Stated.value("0.252"),
                        runs.likeTheText(run -> run.unbiased.norm), "mean of | |x^| - |x| | / |x|"),
                Claim.judged("matched norm: norm error, exact to rounding", SECTION, Stated.atMost("1e-15"),
                        runs.mean(Scales::exactNorm), "in double precision; stated 1.4e-16, read as at most 1e-15"),
                Claim.judged("unbiased scale: penalty over biased", SECTION, Stated.percent("57"),
                        runs.likeTheText(run -> 100 * (run.unbiased.error / run.biased.error - 1)), codec),
                Claim.judged("matched norm: penalty over biased", SECTION, Stated.percent("11"),
                        runs.likeTheText(run -> 100 * (run.matched.error / run.biased.error - 1)), codec),
                Claim.judged("matched norm: improvement over unbiased", SECTION, Stated.percent("30"),
                        runs.likeTheText(run -> 100 * (1 - run.matched.error / run.unbiased.error)),
                        codec + "; from the table's own numbers, 1 - .401/.567 = 29.3 %"),
                Claim.judged("sqrt(S_unbiased S_biased) = S_matched", SECTION, Stated.atMost("1e-15"),
                        runs.mean(Scales::identity),
                        "mean relative deviation in double precision; read as at most 1e-15"));
        return new Findings("", claims);
    }

    private static Scales run(long seed) {
        RandomGenerator random = Gaussians.generator(seed);
        ReferenceRotation rotation = new ReferenceRotation.Hadamard(DIMENSION, random);
        float[] vector = new float[DIMENSION];
        Sums biased = new Sums();
        Sums unbiased = new Sums();
        Sums matched = new Sums();
        double exactNorm = 0;
        double identity = 0;
        try (CodecTrip byBiased = new CodecTrip("drive:scale=biased,rounds=1", DIMENSION);
                CodecTrip byUnbiased = new CodecTrip("drive:rounds=1", DIMENSION);
                CodecTrip byMatched = new CodecTrip("drive:scale=matched,rounds=1", DIMENSION)) {
            for (int i = 0; i < VECTORS; i++) {
                Gaussians.fill(random, vector);
                biased.add(byBiased.go(vector, seed, 0));
                unbiased.add(byUnbiased.go(vector, seed, 0));
                matched.add(byMatched.go(vector, seed, 0));
                Alignment exact = Alignment.of(rotation.rotate(vector), SIGNS);
                exactNorm += Math.abs(exact.matchedScale() * Math.sqrt(exact.cc() / exact.yy()) - 1);
                double middle = Math.sqrt(exact.unbiasedScale() * exact.biasedScale());
                identity += Math.abs(middle / exact.matchedScale() - 1);
            }
        }
        return new Scales(biased.mean(), unbiased.mean(), matched.mean(), exactNorm / VECTORS, identity / VECTORS);
    }

    private static final class Sums {
        private double error;
        private double inner;
        private double norm;

        void add(CodecTrip.Return back) {
            error += back.errorPerCoordinate(DIMENSION);
            inner += back.dot() / back.squaredNorm();
            norm += Math.abs(Math.sqrt(back.squaredEstimate() / back.squaredNorm()) - 1);
        }

        Scale mean() {
            return new Scale(error / VECTORS, inner / VECTORS, norm / VECTORS);
        }
    }
}
