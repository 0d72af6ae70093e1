package org.eden4j.simulator.claims;

import java.util.List;

/** Section 4 of the reply: the two formulas of the scale for x = (3, 4), c = (1, 1). */
final class WorkedExample implements Chapter {
    private static final String SECTION = Source.REPLY.at("section 4");

    @Override
    public String title() {
        return "A worked example";
    }

    @Override
    public Findings measure(Laboratory laboratory) {
        Alignment example = new Alignment(25, 7, 2, 2);
        double unbiased = example.unbiasedScale();
        double biased = example.biasedScale();
        return new Findings("", List.of(
                Claim.judged("|x|^2/<c,x> for x = (3, 4), c = (1, 1)", SECTION, Stated.value("3.571"),
                        Measured.exact(unbiased), "25/7"),
                Claim.judged("its squared error", SECTION, Stated.value("0.511"),
                        Measured.exact(25 * example.error(unbiased)), "25/49, a slip in the last digit"),
                Claim.judged("<c,x>/|c|^2", SECTION, Stated.value("3.5"), Measured.exact(biased), "7/2"),
                Claim.judged("its squared error (least squares)", SECTION, Stated.value("0.500"),
                        Measured.exact(25 * example.error(biased)), "1/2")));
    }
}
