package org.eden4j.simulator.claims;

/** The two texts. */
enum Source {
    /** By an author of EDEN. */
    ARTICLE("article", "How a 2021 Quantization Algorithm Quietly Outperforms Its 2026 Successor",
            "an article by a co-author of DRIVE and EDEN, published by Towards Data Science in 2026"),
    /** By the author of TurboQuant+. */
    REPLY("reply", "Re-examining EDEN's Optimal-S Critique of TurboQuant",
            "a reply by Tom Turney, the author of TurboQuant+, 2026");

    private final String label;
    private final String title;
    private final String about;

    Source(String label, String title, String about) {
        this.label = label;
        this.title = title;
        this.about = about;
    }

    /** Returns a section of the text as named in rows. */
    String at(String section) {
        return label + ", " + section;
    }

    /** Returns the same section, for a measurement outside the setting of the text. */
    String beside(String section) {
        return at(section) + ", in another setting";
    }

    String label() {
        return label;
    }

    String title() {
        return title;
    }

    /** Returns author and place of publication. */
    String about() {
        return about;
    }
}
