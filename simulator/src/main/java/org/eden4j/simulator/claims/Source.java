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

    /** A place in the text, as rows name it. */
    String at(String section) {
        return label + ", " + section;
    }

    /** The same place, for what is measured beside the text's own setting. */
    String beside(String section) {
        return at(section) + ", in another setting";
    }

    String label() {
        return label;
    }

    String title() {
        return title;
    }

    /** Who wrote it, and where. */
    String about() {
        return about;
    }
}
