package org.eden4j.simulator.claims;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** EDEN and TurboQuant-prod, which spends one of its bits on a QJL sketch of the residual. */
final class SplitBudget implements Chapter {
    private static final String ARTICLE = Source.ARTICLE.at("\"Unbiased compression\"");
    private static final String ORTHOGONAL = Source.ARTICLE.beside("\"Unbiased compression\"");
    private static final String REPLY = Source.REPLY.at("section 8 (H5)");
    /** Smallest difference that counts, in percent. */
    private static final double MARGIN = 1;
    private static final int MOST_BITS = 4;
    private static final int DIMENSION = 512;
    private static final int VECTORS = 12;

    /** Mean errors of one run by bits, from index 1. */
    private record Errors(double[] eden, double[] gaussian, double[] orthogonal, double matchedNorm) {
        double above(int edenBits, double[] prod, int prodBits) {
            return 100 * (eden[edenBits] / prod[prodBits] - 1);
        }
    }

    @Override
    public String title() {
        return "A bit for the residual";
    }

    @Override
    public Findings measure(Laboratory laboratory) throws InterruptedException {
        Runs<Errors> runs = laboratory.repeat("split-budget", SplitBudget::run);
        List<Claim> claims = new ArrayList<>();
        for (int bits = 1; bits < MOST_BITS; bits++) {
            int b = bits;
            String text = bits + "-bit EDEN-unbiased is more accurate than " + (bits + 1) + "-bit TurboQuant-prod";
            claims.add(Claim.judged(text, ARTICLE, Stated.below(MARGIN),
                    runs.mean(run -> run.above(b, run.gaussian, b + 1)), bits == 1
                            ? "Gaussian QJL; as d grows both approach pi/2 - 1"
                            : "Gaussian QJL, as in the papers"));
            claims.add(Claim.judged(text + " with an orthogonal matrix", ORTHOGONAL, Stated.below(MARGIN),
                    runs.mean(run -> run.above(b, run.orthogonal, b + 1)),
                    "an orthogonal matrix, which TurboQuant+ uses and the article does not mention, leaves pi/2 - 1"
                            + " of the residual in place of pi/2"));
        }
        claims.add(Claim.judged("EDEN-unbiased outperforms TurboQuant-prod at every number of bits", ARTICLE,
                Stated.below(MARGIN), IntStream.rangeClosed(1, MOST_BITS)
                    .mapToObj(b -> runs.mean(run -> run.above(b, run.gaussian, b)))
                    .max(Comparator.comparingDouble(Measured::value))
                    .orElseThrow(),
                "1 to 4 bits, measured is where it is least so"));
        claims
            .add(Claim.judged("EDEN-unbiased outperforms TurboQuant-prod at 2 to 4 bits, orthogonal matrix", ORTHOGONAL,
                    Stated.below(MARGIN), IntStream.rangeClosed(2, MOST_BITS)
                        .mapToObj(b -> runs.mean(run -> run.above(b, run.orthogonal, b)))
                        .max(Comparator.comparingDouble(Measured::value))
                        .orElseThrow(),
                    "measured is where it is least so"));
        claims.add(Claim.judged("4-bit TurboQuant-prod is worse than matched norm at 4 bits by a factor of", REPLY,
                Stated.from("5", "6"), runs.mean(run -> run.gaussian[4] / run.matchedNorm),
                "Gaussian vectors in place of KV caches"));
        claims.add(Claim.judged("3-bit EDEN beats 4-bit TurboQuant-prod", REPLY, Stated.below(MARGIN),
                runs.mean(run -> run.above(3, run.gaussian, 4)), "Gaussian vectors in place of KV caches"));
        return new Findings(text(runs), claims);
    }

    private static String text(Runs<Errors> runs) {
        StringBuilder text = new StringBuilder("vNMSE at d = " + DIMENSION + ", " + runs.results().size() * VECTORS
                + " Gaussian vectors each:\n\n| bits | EDEN-unbiased | prod, Gaussian | prod, orthogonal |\n|--:|--:|--:|--:|\n");
        for (int bits = 1; bits <= MOST_BITS; bits++) {
            int b = bits;
            text.append("| ").append(bits).append(" | ");
            text.append(Numbers.withError(runs.mean(run -> run.eden[b]), "")).append(" | ");
            text.append(Numbers.withError(runs.mean(run -> run.gaussian[b]), "")).append(" | ");
            text.append(Numbers.withError(runs.mean(run -> run.orthogonal[b]), "")).append(" |\n");
        }
        return text.toString();
    }

    private static Errors run(long seed) {
        RandomGenerator random = Gaussians.generator(seed);
        float[][] vectors = new float[VECTORS][DIMENSION];
        for (float[] vector : vectors) {
            Gaussians.fill(random, vector);
        }
        Errors errors = new Errors(new double[MOST_BITS + 1], new double[MOST_BITS + 1], new double[MOST_BITS + 1],
                mean("matched-norm:bits=4", vectors, seed));
        for (int bits = 1; bits <= MOST_BITS; bits++) {
            errors.eden[bits] = mean("eden:bits=" + bits, vectors, seed);
            errors.gaussian[bits] = mean("turboquant-prod:bits=" + bits, vectors, seed);
            errors.orthogonal[bits] = mean("turboquant-prod:bits=" + bits + ",qjl=orthogonal", vectors, seed);
        }
        return errors;
    }

    private static double mean(String method, float[][] vectors, long seed) {
        double sum = 0;
        try (CodecTrip trip = new CodecTrip(method, DIMENSION)) {
            for (int i = 0; i < vectors.length; i++) {
                sum += trip.go(vectors[i], seed, i).error();
            }
        }
        return sum / vectors.length;
    }
}
