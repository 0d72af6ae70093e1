package org.eden4j.transport.job;

import org.eden4j.compressor.Method;

/** The methods of a job for which none are named, chosen by the accuracy of trainings: see "Few bits down" in docs/training.md. */
public final class DefaultMethods {
    /** Method of updates, as text. */
    public static final String UPDATES = "eden:bits=4";
    /** Method of means, as text. Its error is not divided by the number of workers. */
    public static final String MEANS = "eden:bits=4";

    private DefaultMethods() {}

    /** {@link #UPDATES}, parsed. */
    public static Method updates() {
        return Method.parse(UPDATES);
    }

    /** {@link #MEANS}, parsed. */
    public static Method means() {
        return Method.parse(MEANS);
    }
}
