package org.eden4j.simulator.claims;

import org.eden4j.simulator.output.Row;

/**
 * A stated number, its measurement and the verdict.
 *
 * @param text what is claimed
 * @param source where
 * @param stated the number
 * @param measured what was measured, NaN where nothing was
 * @param verdict by {@link Judge}
 * @param note what one should know beside it
 */
record Claim(String text, String source, Stated stated, Measured measured, Verdict verdict, String note) {
    /** A claim that one measurement decides. */
    static Claim judged(String text, String source, Stated stated, Measured measured, String note) {
        return new Claim(text, source, stated, measured, Judge.judge(stated, measured), note);
    }

    /** A claim that is measured with and without a condition of the text's; the note says what the former gave. */
    static Claim judged(
            String text, String source, Stated stated, Measured apart, Measured asInTheText, String note) {
        String told = note + "; measured as in the text " + Numbers.withError(asInTheText, stated.unit());
        return new Claim(text, source, stated, apart, Judge.judge(stated, apart, asInTheText), told);
    }

    /** A claim about data that is not here. */
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
