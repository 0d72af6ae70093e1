package org.eden4j.simulator.claims;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Section 12 of the reply: matched norm and EDEN at 4, 6 and 8 bits. In the text matched norm uses a codebook stopped
 * after 100 iterations of Lloyd's algorithm, and EDEN a converged one; here matched norm is measured with both.
 */
final class ManyBits implements Chapter {
    private static final String SECTION = Source.REPLY.at("section 12 (HL5)");
    private static final int ITERATIONS = 100;

    /** One line of the table in the text: matched norm, EDEN, and the percentage by which EDEN is better. */
    private record Line(int dimension, int bits, int vectors, String matched, String eden, String better) {
        String name() {
            return "d = " + dimension + ", " + bits + " bits: ";
        }
    }

    private static final List<Line> LINES = List.of(new Line(128, 4, 2000, "9.25e-03", "9.22e-03", "0.31"),
            new Line(128, 6, 2000, "9.49e-04", "6.22e-04", "34.5"),
            new Line(128, 8, 2000, "1.43e-04", "4.09e-05", "71.4"),
            new Line(256, 4, 2000, "9.34e-03", "9.42e-03", "-0.91"),
            new Line(256, 6, 2000, "9.74e-04", "6.27e-04", "35.7"),
            new Line(256, 8, 2000, "1.54e-04", "4.05e-05", "73.7"),
            new Line(512, 4, 1000, "9.48e-03", "9.60e-03", "-1.26"),
            new Line(512, 8, 1000, "1.69e-04", "4.10e-05", "75.8"),
            new Line(1024, 4, 500, "9.47e-03", "9.55e-03", "-0.84"),
            new Line(1024, 8, 500, "1.64e-04", "4.11e-05", "74.9"));
    private static final Map<Integer, LloydCodebook> STOPPED = Stream.of(4, 6, 8)
        .collect(Collectors.toMap(bits -> bits, bits -> LloydCodebook.stoppedAfter(ITERATIONS, bits)));

    /** Mean errors per coordinate of one run. */
    private record Errors(double stopped, double converged, double eden) {
        /** Returns the percentage by which EDEN is better than matched norm with a converged codebook. */
        double better() {
            return 100 * (1 - eden / converged);
        }

        /** Returns the same with the codebook that was stopped. */
        double betterThanStopped() {
            return 100 * (1 - eden / stopped);
        }
    }

    @Override
    public String title() {
        return "Four, six and eight bits";
    }

    @Override
    public Findings measure(Laboratory laboratory) throws InterruptedException {
        List<Claim> claims = new ArrayList<>();
        List<Measured> gains = new ArrayList<>();
        List<Measured> gainsAsInTheText = new ArrayList<>();
        StringBuilder text = new StringBuilder("The distortion of a codebook that was stopped after " + ITERATIONS
                + " iterations of Lloyd's algorithm, started from cells of equal probability:");
        for (int bits : List.of(4, 6, 8)) {
            text.append(bits == 4 ? " " : ", ").append(Numbers.number(STOPPED.get(bits).distortion()));
            text.append(" at ").append(bits).append(" bits");
        }
        text.append("; converged it is .009501, .0006442 and 4.119e-05.\n\n| d | bits | matched norm, stopped | matched"
                + " norm, converged | EDEN | EDEN better, converged |\n|--:|--:|--:|--:|--:|--:|\n");
        for (Line line : LINES) {
            Runs<Errors> runs = laboratory.repeat("many-bits-" + line.dimension + "-" + line.bits,
                    seed -> run(line, seed));
            Measured gain = runs.likeTheText(Errors::better);
            judge(claims, line, runs);
            if (line.bits > 4) {
                gains.add(runs.mean(Errors::better));
                gainsAsInTheText.add(runs.mean(Errors::betterThanStopped));
            }
            text.append("| ").append(line.dimension).append(" | ").append(line.bits).append(" | ");
            text.append(Numbers.number(runs.mean(Errors::stopped).value())).append(" | ");
            text.append(Numbers.number(runs.mean(Errors::converged).value())).append(" | ");
            text.append(Numbers.number(runs.mean(Errors::eden).value())).append(" | ");
            text.append(Numbers.withError(gain, "%")).append(" |\n");
        }
        bounds(claims, gains, gainsAsInTheText);
        return new Findings(text.toString(), claims);
    }

    private static void judge(List<Claim> claims, Line line, Runs<Errors> runs) {
        String note = "N = " + line.vectors + ", converged codebook";
        claims.add(Claim.judged(line.name() + "matched norm", SECTION, Stated.value(line.matched),
                runs.likeTheText(Errors::converged), runs.likeTheText(Errors::stopped), note));
        claims.add(Claim.judged(line.name() + "EDEN", SECTION, Stated.value(line.eden), runs.likeTheText(Errors::eden),
                "N = " + line.vectors + ", new signs for each vector"));
        claims.add(Claim.judged(line.name() + "EDEN is better by", SECTION, Stated.difference(line.better),
                runs.likeTheText(Errors::better), runs.likeTheText(Errors::betterThanStopped), note));
    }

    private static void bounds(List<Claim> claims, List<Measured> gains, List<Measured> asInTheText) {
        Comparator<Measured> order = Comparator.comparingDouble(Measured::value);
        Stated range = Stated.percentFrom("34", "76");
        claims.add(Claim.judged("6 and 8 bits: EDEN's least gain over matched norm", SECTION, range,
                gains.stream().min(order).orElseThrow(), asInTheText.stream().min(order).orElseThrow(),
                "converged codebook"));
        claims.add(Claim.judged("6 and 8 bits: EDEN's largest gain over matched norm", SECTION, range,
                gains.stream().max(order).orElseThrow(), asInTheText.stream().max(order).orElseThrow(),
                "converged codebook"));
    }

    private static Errors run(Line line, long seed) {
        RandomGenerator random = Gaussians.generator(seed);
        ReferenceRotation rotation = new ReferenceRotation.Hadamard(line.dimension, random);
        LloydCodebook codebook = STOPPED.get(line.bits);
        float[] vector = new float[line.dimension];
        double stopped = 0;
        double converged = 0;
        double eden = 0;
        try (CodecTrip byMatched = new CodecTrip("matched-norm:bits=" + line.bits + ",rounds=1", line.dimension);
                CodecTrip byEden = new CodecTrip("eden:bits=" + line.bits + ",rounds=1", line.dimension)) {
            for (int i = 0; i < line.vectors; i++) {
                Gaussians.fill(random, vector);
                Alignment alignment = Alignment.of(rotation.rotate(vector), codebook);
                stopped += alignment.error(alignment.matchedScale()) * alignment.yy() / line.dimension;
                converged += byMatched.go(vector, seed, 0).errorPerCoordinate(line.dimension);
                eden += byEden.go(vector, seed, i + 1L).errorPerCoordinate(line.dimension);
            }
        }
        return new Errors(stopped / line.vectors, converged / line.vectors, eden / line.vectors);
    }
}
