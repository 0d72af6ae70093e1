package org.eden4j.simulator.claims;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Invented measurements, one for each way to each verdict. */
class JudgeTest {
    @ParameterizedTest
    @CsvSource({
            // printed, measured, standard error, spread, verdict
            "0.57, 0.5708, 0.0001, 0, REPRODUCED", // rounds to it
            "0.57, 0.5749, 0, 0, REPRODUCED", // just rounds to it
            "0.57, 0.5751, 0, 0, NOT_REPRODUCED", // just does not
            "0.57, 0.5751, 0.0001, 0, REPRODUCED", // within four errors of rounding to it
            "0.57, 0.5801, 0.001, 0, NOT_REPRODUCED", // just outside of four errors
            "9.17e-03, 0.0093, 0.000001, 0.00004, REPRODUCED", // one run of the size in the text varies by more
            "9.17e-03, 0.0093, 0.000001, 0.00003, NOT_REPRODUCED", // it does not
            "2.25, 1.78, 0.01, 0, NOT_REPRODUCED",
            "2.25, 1.78, 0.3, 0, NOT_TESTABLE", // 4 x .3 is more than half of 2.25
            "2.25, NaN, NaN, 0, NOT_TESTABLE",
            "-3.5, -3.5, 0, 0, REPRODUCED"})
    void shouldComparePrintedNumbers(
            String printed, double measured, double standardError, double spread, Verdict verdict) {
        assertEquals(verdict, Judge.judge(Stated.value(printed), new Measured(measured, standardError, spread)));
        assertEquals(verdict, Judge.judge(Stated.percent(printed), new Measured(measured, standardError, spread)));
    }

    @ParameterizedTest
    @CsvSource({
            "-0.91, -0.73, 0.1, 0.5, TIE", // one run cannot tell .91 from none
            "-0.91, -0.90, 0.01, 0.01, REPRODUCED", // it can
            "-0.91, -0.73, 0.01, 0.01, NOT_REPRODUCED",
            "-0.91, 4.73, 0.1, 0.5, NOT_REPRODUCED"}) // neither the number nor none
    void shouldTakeDifferencesThatOneRunCannotSeeForTies(
            String printed, double measured, double standardError, double spread, Verdict verdict) {
        assertEquals(verdict, Judge.judge(Stated.difference(printed), new Measured(measured, standardError, spread)));
    }

    @ParameterizedTest
    @CsvSource({
            "5.7, 0.01, REPRODUCED", "4.6, 0.01, REPRODUCED", "4.4, 0.01, NOT_REPRODUCED", "6.4, 0.01, REPRODUCED",
            "6.6, 0.01, NOT_REPRODUCED", "6.6, 0.03, REPRODUCED", "NaN, 0, NOT_TESTABLE"})
    void shouldCompareBounds(double measured, double standardError, Verdict verdict) {
        // the bounds are printed to whole numbers: from 4.5 to 6.5
        assertEquals(verdict, Judge.judge(Stated.from("5", "6"), new Measured(measured, standardError, 0)));
    }

    @ParameterizedTest
    @CsvSource({"0.9, 0, REPRODUCED", "1.1, 0.01, NOT_REPRODUCED", "1.03, 0.01, REPRODUCED"})
    void shouldCompareUpperBounds(double measured, double standardError, Verdict verdict) {
        assertEquals(verdict, Judge.judge(Stated.percentAtMost("1"), new Measured(measured, standardError, 0)));
    }

    @ParameterizedTest
    @CsvSource({
            "1, -27, 0.3, REPRODUCED", "1, 98, 0.6, NOT_REPRODUCED",
            "1, -0.5, 0.01, TIE", // certain, but less than the margin
            "1, 0.5, 0.01, TIE",
            "1, -2, 0.6, TIE", // more than the margin, but not certain
            "0, -0.003, 0.00004, REPRODUCED", "0, 0.003, 0.00004, NOT_REPRODUCED", "0, -0.003, 0.001, TIE"})
    void shouldCompareOrders(double margin, double measured, double standardError, Verdict verdict) {
        assertEquals(verdict, Judge.judge(Stated.below(margin), new Measured(measured, standardError, 0)));
    }

    @Test
    void shouldCallAnArtefactWhatNeedsTheTextsCondition() {
        Stated stated = Stated.value("1.44e-01");
        Measured apart = new Measured(.0184, .0001, .0003);
        Measured alike = new Measured(.1441, .0014, .0056);
        assertEquals(Verdict.ARTEFACT, Judge.judge(stated, apart, alike));
        assertEquals(Verdict.REPRODUCED, Judge.judge(stated, alike, apart), "agrees without the condition");
        assertEquals(Verdict.NOT_REPRODUCED, Judge.judge(stated, apart, apart), "agrees nowhere");
        Measured missing = new Measured(Double.NaN, Double.NaN, 0);
        assertEquals(Verdict.NOT_TESTABLE, Judge.judge(stated, missing, alike));
    }

    @Test
    void shouldNotTestNumbersAboutAbsentData() {
        assertEquals(Verdict.NOT_TESTABLE, Judge.judge(Stated.words("1.05e-02, 8.59e-03"), Measured.exact(1)));
    }

    @Test
    void shouldShowNumbersAsTheTextPrintedThem() {
        assertEquals("9.17e-03", Stated.value("9.17e-03").toString());
        assertEquals("0.13 %", Stated.percent("0.13").toString());
        assertEquals("0.5 to 9 %", Stated.percentFrom("0.5", "9").toString());
        assertEquals("at most 1e-5", Stated.atMost("1e-5").toString());
        assertEquals("below by more than 1 %", Stated.below(1).toString());
    }

    @Test
    void shouldTakeTheSpreadOfRunsForTheTextsOwnError() {
        double[] runs = {1, 2, 3, 4};
        Measured measured = Measured.likeTheText(runs);
        assertEquals(2.5, measured.value());
        assertEquals(Math.sqrt(5 / 3.0), measured.spread(), 1e-15);
        assertEquals(measured.spread() / 2, measured.standardError(), 1e-15);
        assertEquals(0, Measured.mean(runs).spread());
        assertEquals(measured.standardError(), Measured.mean(runs).standardError());
    }
}
