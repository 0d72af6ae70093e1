package org.eden4j.simulator.claims;

import java.util.ArrayList;
import java.util.List;

/**
 * Section 11 of the reply: dense and Hadamard rotation, matched norm and EDEN's scale at 64, 128 and 256 coordinates.
 */
final class DimensionSweep implements Chapter {
    private static final String SECTION = Source.REPLY.at("section 11 (HL7)");
    private static final int[] DIMENSIONS = {64, 128, 256};
    private static final int VECTORS = 2000;

    private final RotationClaims judged = new RotationClaims();

    @Override
    public String title() {
        return "Rotations and scales by dimension";
    }

    @Override
    public Findings measure(Laboratory laboratory) throws InterruptedException {
        List<Runs<RotationRun>> byDimension = new ArrayList<>();
        StringBuilder text = new StringBuilder(RotationClaims.heading());
        for (int dimension : DIMENSIONS) {
            Runs<RotationRun> runs = laboratory.repeat("rotations-" + dimension,
                    seed -> RotationRun.of(dimension, VECTORS, seed));
            byDimension.add(runs);
            text.append(RotationClaims.line(dimension, VECTORS, runs));
        }
        judge(byDimension);
        return new Findings(text.toString(), judged.claims());
    }

    private void judge(List<Runs<RotationRun>> byDimension) {
        String[] dense = {"1.186e-02", "2.042e-02", "4.052e-02"};
        String[] matched = {"8.940e-03", "9.251e-03", "9.338e-03"};
        String[] eden = {"9.004e-03", "9.318e-03", "9.405e-03"};
        String[] rotation = {"32.6", "120.7", "334.0"};
        String[] scale = {"0.72", "0.73", "0.72"};
        String[] median = {"1.0087", "1.0084", "1.0091"};
        for (int i = 0; i < DIMENSIONS.length; i++) {
            Runs<RotationRun> runs = byDimension.get(i);
            String d = "d = " + DIMENSIONS[i] + ": ";
            String note = "N = " + VECTORS;
            judged.dense(d + "dense, matched norm", SECTION, Stated.value(dense[i]), runs, arm -> arm.matched().mean(),
                    note);
            judged.plain(d + "Hadamard, matched norm", SECTION, Stated.value(matched[i]), runs,
                    run -> run.hadamard().matched().mean(), note);
            judged.plain(d + "Hadamard, EDEN's scale", SECTION, Stated.value(eden[i]), runs,
                    run -> run.hadamard().eden().mean(), note);
            judged.compared(d + "the dense rotation costs", SECTION, Stated.percent(rotation[i]), runs,
                    run -> RotationClaims.percent(run.apart().matched(), run.hadamard().matched()),
                    run -> RotationClaims.percent(run.alike().matched(), run.hadamard().matched()), note);
            judged.plain(d + "EDEN's scale costs over matched norm", SECTION, Stated.percent(scale[i]), runs,
                    run -> RotationClaims.percent(run.hadamard().eden(), run.hadamard().matched()), note);
            judged.plain(d + "median of EDEN's scale S", SECTION, Stated.value(median[i]), runs,
                    run -> run.hadamard().scale().median(), note);
        }
        Runs<RotationRun> large = byDimension.getLast();
        judged.plain("median S converges toward 1 as d grows", SECTION, Stated.value("1.000"), large,
                run -> run.hadamard().scale().median(),
                "at d = " + DIMENSIONS[2] + "; S = |y|^2/<y,c> goes to 1/(1 - D) = 1.0096 at 4 bits; what goes to 1 is"
                        + " the least-squares scale");
    }
}
