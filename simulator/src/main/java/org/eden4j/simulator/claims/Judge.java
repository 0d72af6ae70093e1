package org.eden4j.simulator.claims;

import org.eden4j.simulator.claims.Stated.AtMost;
import org.eden4j.simulator.claims.Stated.Below;
import org.eden4j.simulator.claims.Stated.Between;
import org.eden4j.simulator.claims.Stated.Difference;
import org.eden4j.simulator.claims.Stated.Value;
import org.eden4j.simulator.claims.Stated.Words;

/**
 * The rule by which a measurement decides on a stated number.
 *
 * <p>Let m be the measured value, s its standard error, r the standard deviation of one run of the size used in the
 * text (0 if unknown) and w = sqrt(s^2 + r^2); let v be the stated value and u half a unit of its last printed digit.
 *
 * <pre>
 * a number v           agrees if |m - v| &lt;= u + 4 w
 * from v1 to v2        agrees if v1 - u1 - 4 w &lt;= m &lt;= v2 + u2 + 4 w
 * at most v            agrees if m &lt;= v + 4 s
 * below                m is the percentage by which one quantity exceeds the other: agrees if m &lt; -margin and m + 4 s &lt; 0;
 *                      disagrees if m &gt; margin and m - 4 s &gt; 0; a tie otherwise
 * a difference v       a tie if |v| &lt;= u + 4 w and it agrees: one run of that size cannot tell it from zero
 * </pre>
 *
 * <p>A number is not testable if it was not measured or if 4 s exceeds half of |v|. If it was measured both under a
 * condition of the text and without that condition, the latter counts; if it disagrees and the former agrees, the
 * number is an artefact of the condition. A true number is rejected with probability .001 after 16 runs (Student's t
 * with 15 degrees of freedom beyond 4) and .0002 after 64.
 */
final class Judge {
    /** Number of standard errors within which two values are not considered different. */
    static final double ERRORS = 4;

    private Judge() {}

    /** Returns the verdict on a number measured once. */
    static Verdict judge(Stated stated, Measured measured) {
        if (!Double.isFinite(measured.value()) || !Double.isFinite(measured.combinedError())) {
            return Verdict.NOT_TESTABLE;
        }
        double slack = ERRORS * measured.combinedError();
        return switch (stated) {
            case Value value -> value(value, measured, slack);
            case Difference difference -> difference(difference.number(), measured, slack);
            case Between between -> verdict(
                    measured.value() >= between.lower().value() - between.lower().halfUnit() - slack
                            && measured.value() <= between.upper().value() + between.upper().halfUnit() + slack);
            case AtMost limit -> verdict(
                    measured.value() <= limit.value() + ERRORS * measured.standardError());
            case Below(double margin) -> order(margin, measured);
            case Words _ -> Verdict.NOT_TESTABLE;
        };
    }

    /**
     * Returns the verdict on a number measured with and without a condition in the text that should not matter.
     *
     * @param apart measurement without the condition
     * @param asInTheText measurement with the condition
     */
    static Verdict judge(Stated stated, Measured apart, Measured asInTheText) {
        Verdict verdict = judge(stated, apart);
        boolean agreesOnlyThere = verdict == Verdict.NOT_REPRODUCED
                && judge(stated, asInTheText) == Verdict.REPRODUCED;
        return agreesOnlyThere ? Verdict.ARTEFACT : verdict;
    }

    private static Verdict value(Value stated, Measured measured, double slack) {
        boolean coarse = stated.value() != 0 && ERRORS * measured.standardError() > Math.abs(stated.value()) / 2;
        return coarse ? Verdict.NOT_TESTABLE
                : verdict(Math.abs(measured.value() - stated.value()) <= stated.halfUnit() + slack);
    }

    private static Verdict difference(Value stated, Measured measured, double slack) {
        boolean agrees = Math.abs(measured.value() - stated.value()) <= stated.halfUnit() + slack;
        boolean none = Math.abs(stated.value()) <= stated.halfUnit() + slack;
        return agrees && none ? Verdict.TIE : verdict(agrees);
    }

    private static Verdict order(double margin, Measured measured) {
        double error = ERRORS * measured.standardError();
        if (measured.value() < -margin && measured.value() + error < 0) {
            return Verdict.REPRODUCED;
        }
        return measured.value() > margin && measured.value() - error > 0 ? Verdict.NOT_REPRODUCED : Verdict.TIE;
    }

    private static Verdict verdict(boolean agrees) {
        return agrees ? Verdict.REPRODUCED : Verdict.NOT_REPRODUCED;
    }
}
