package org.eden4j.simulator.claims;

import java.util.List;

/** Claims that hang together, and the experiments that decide about them. */
interface Chapter {
    /** What it is about, in a few words. */
    String title();

    /** Runs the experiments and judges the claims. */
    Findings measure(Laboratory laboratory) throws InterruptedException;

    /**
     * What a chapter has found.
     *
     * @param text some paragraphs and tables in Markdown, with measured numbers
     * @param claims in the order of the texts
     */
    record Findings(String text, List<Claim> claims) {
        public Findings {
            claims = List.copyOf(claims);
        }
    }
}
