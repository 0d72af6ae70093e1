package org.eden4j.simulator.claims;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Collects claims about rotations, each judged by runs of {@link RotationRun}. */
final class RotationClaims {
    private final List<Claim> claims = new ArrayList<>();

    List<Claim> claims() {
        return claims;
    }

    /** Adds a claim about the dense rotation, with data seeded independently and alike. */
    void dense(
            String text, String source, Stated stated, Runs<RotationRun> runs,
            ToDoubleFunction<RotationRun.Arm> number, String note) {
        compared(text, source, stated, runs, run -> number.applyAsDouble(run.apart()),
                run -> number.applyAsDouble(run.alike()), note);
    }

    /** Adds a claim that depends on the dense rotation. */
    void compared(
            String text, String source, Stated stated, Runs<RotationRun> runs, ToDoubleFunction<RotationRun> apart,
            ToDoubleFunction<RotationRun> alike, String note) {
        claims.add(Claim.judged(text, source, stated, runs.likeTheText(apart), runs.likeTheText(alike),
                note + ", data seeded apart"));
    }

    /** Adds a claim that does not. */
    void plain(
            String text, String source, Stated stated, Runs<RotationRun> runs, ToDoubleFunction<RotationRun> number,
            String note) {
        claims.add(Claim.judged(text, source, stated, runs.likeTheText(number), note));
    }

    /** Returns the percentage by which the mean of one sample exceeds that of another. */
    static double percent(Sample above, Sample base) {
        return 100 * (above.mean() / base.mean() - 1);
    }

    /** Returns the heading of a table of {@link #line lines}. */
    static String heading() {
        return "| d | N | d / N | dense, alike: mean | p99 | dense, apart: mean | p99 | Hadamard: mean | p99 |\n"
                + "|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n";
    }

    /** Returns means and 99th percentiles of matched norm under the three rotations. */
    static String line(int dimension, int vectors, Runs<RotationRun> runs) {
        StringBuilder text = new StringBuilder("| " + dimension + " | " + vectors + " | ");
        text.append(Numbers.number(100.0 * dimension / vectors, 3)).append(" % |");
        List<Function<RotationRun, RotationRun.Arm>> arms = List.of(RotationRun::alike, RotationRun::apart,
                RotationRun::hadamard);
        for (Function<RotationRun, RotationRun.Arm> arm : arms) {
            text.append(' ').append(Numbers.number(runs.mean(run -> arm.apply(run).matched().mean()).value()));
            text.append(" | ")
                .append(Numbers.number(runs.mean(run -> arm.apply(run).matched().quantile(.99)).value(), 3))
                .append(" |");
        }
        return text.append('\n').toString();
    }
}
