package org.eden4j.simulator.claims;

import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.eden4j.simulator.output.Manifest;

/** The report of all chapters in Markdown: the claims, the measurements and the verdicts. */
final class ClaimsPage {
    private static final String RULE = """
            ## The rule

            Every experiment is repeated; m is the mean over the runs, s its standard error. Where a text says how many vectors \
            it used, a run has as many, and r, the deviation of one run, is the error that the text's own number carries; \
            elsewhere r is 0. With w = sqrt(s² + r²), v the stated number and u half of its last printed digit:

            | stated | verdict |
            |---|---|
            | a number v | reproduced when \\|m - v\\| <= u + 4 w |
            | from v1 to v2 | reproduced when v1 - u1 - 4 w <= m <= v2 + u2 + 4 w |
            | at most v | reproduced when m <= v + 4 s |
            | below (m: by how many percent one is above the other; the margin is 0 or as stated) | reproduced when m < -margin and m + 4 s < 0; not reproduced when m > margin and m - 4 s > 0; else a tie |
            | a difference v of two methods | a tie when m agrees and \\|v\\| <= u + 4 w: one run of the text's size cannot tell it from none |
            | anything | not testable here when nothing was measured, or 4 s is above half of \\|v\\| |
            | anything measured with and without a condition of the text's that should not matter | judged without it; an artefact when it is reproduced with it only |

            """;

    private final Manifest manifest;
    private final int runs;
    private final StringBuilder body = new StringBuilder();
    private final Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);

    /**
     * Creates an empty report.
     *
     * @param manifest the command and its environment
     * @param runs number of runs of each experiment
     */
    ClaimsPage(Manifest manifest, int runs) {
        this.manifest = manifest;
        this.runs = runs;
    }

    void add(Chapter chapter, Chapter.Findings findings) {
        body.append("## ").append(chapter.title()).append("\n\n");
        if (!findings.text().isEmpty()) {
            body.append(findings.text()).append('\n');
        }
        body.append("| claim | where | stated | measured | verdict | note |\n|---|---|--:|--:|---|---|\n");
        for (Claim claim : findings.claims()) {
            counts.merge(claim.verdict(), 1, Integer::sum);
            body.append("| ")
                .append(cell(claim.text()))
                .append(" | ")
                .append(cell(claim.source()))
                .append(" | ")
                .append(cell(claim.stated().toString()))
                .append(" | ")
                .append(cell(Numbers.withError(claim.measured(), claim.stated().unit())))
                .append(" | ")
                .append(claim.verdict() == Verdict.REPRODUCED ? claim.verdict() : "**" + claim.verdict() + "**")
                .append(" | ")
                .append(cell(claim.note()))
                .append(" |\n");
        }
        body.append('\n');
    }

    /** Returns the number of claims by verdict. */
    String summary() {
        int all = counts.values().stream().mapToInt(Integer::intValue).sum();
        return all + " claims: " + counts.entrySet()
            .stream()
            .map(entry -> entry.getValue() + " " + entry.getKey())
            .collect(Collectors.joining(", "));
    }

    String markdown() {
        StringBuilder page = new StringBuilder("# Claims about EDEN and TurboQuant, measured\n\n");
        page.append(
                "The project grew from two texts that disagree. This page measures what they state and judges it by one"
                        + " rule; the command below generates it.\n\n");
        for (Source source : Source.values()) {
            page.append("- the **").append(source.label()).append("**: \"").append(source.title()).append("\", ");
            page.append(source.about()).append(";\n");
        }
        page.setLength(page.length() - 2);
        page.append(".\n\n```sh\n./eden claims ")
            .append(String.join(" ", manifest.arguments())
                .replaceFirst("^claims ?",
                        ""))
            .append("\n```\n\n");
        page.append("Seed ")
            .append(manifest.seed())
            .append(", ")
            .append(runs)
            .append(" runs of each experiment. The numbers"
                    + " depend on these two alone, not on machine or threads; only trained weights and gradients may differ in"
                    + " their last digits with another matrix library.\n\n");
        page.append("**").append(summary()).append(".**\n\n").append(RULE);
        return page.append(body.toString().stripTrailing()).append('\n').toString();
    }

    /** A bar would end the cell, and an angle bracket could start a tag. */
    private static String cell(String text) {
        return text.replace("|", "\\|").replace("<", "&lt;");
    }
}
