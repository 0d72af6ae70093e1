package org.eden4j.simulator.claims;

import org.eden4j.simulator.output.Row;

/**
 * A stated number, its measurement and the verdict.
 *
 * @param text the claim
 * @param source where it is stated
 * @param stated the number
 * @param measured the measurement, NaN if there is none
 * @param verdict verdict by {@link Judge}
 * @param note remark on the measurement
 */
record Claim(String text, String source, Stated stated, Measured measured, Verdict verdict, String note) {
    /** Judges a claim by one measurement. */
    static Claim judged(String text, String source, Stated stated, Measured measured, String note) {
        return new Claim(text, source, stated, measured, Judge.judge(stated, measured), note);
    }

    /** Judges a claim measured with and without a condition in the text; the note gives the former result. */
    static Claim judged(
            String text, String source, Stated stated, Measured apart, Measured asInTheText, String note) {
        String told = note + "; measured as in the text " + Numbers.withError(asInTheText, stated.unit());
        return new Claim(text, source, stated, apart, Judge.judge(stated, apart, asInTheText), told);
    }

    /** Returns a claim about data that is not available. */
    static Claim notTestable(String text, String source, Stated stated, String note) {
        Measured nothing = new Measured(Double.NaN, Double.NaN, 0);
        return new Claim(text, source, stated, nothing, Judge.judge(stated, nothing), note);
    }

    Row row() {
        return Row.of("claims")
            .put("claim", text)
            .put("source", source)
            .put("stated", stated.toString())
            .put("measured", measured.value())
            .put("stdErr", measured.standardError())
            .put("verdict", verdict.toString())
            .put("note", note)
            .put("unit", stated.unit());
    }
}
