package org.eden4j.simulator.claims;

import java.util.List;

/** A group of related claims and the experiments that test them. */
interface Chapter {
    /** Returns the subject in a few words. */
    String title();

    /** Runs the experiments and judges the claims. */
    Findings measure(Laboratory laboratory) throws InterruptedException;

    /**
     * The findings of a chapter.
     *
     * @param text paragraphs and tables in Markdown, with measured numbers
     * @param claims claims in the order of the texts
     */
    record Findings(String text, List<Claim> claims) {
        public Findings {
            claims = List.copyOf(claims);
        }
    }
}
