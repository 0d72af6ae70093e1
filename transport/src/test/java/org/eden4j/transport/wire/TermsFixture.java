package org.eden4j.transport.wire;

import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateLayout;

/** Terms for tests of parts of a job. */
public final class TermsFixture {
    /** Seed of all rotations. */
    public static final long SEED = 0x5EED;

    private TermsFixture() {}

    /** Returns terms with the same method in both directions. */
    public static JobTerms terms(int workers, Method method, int dimension) {
        return new JobTerms(workers, method, method, dimension, FrameLayout.LARGEST_MTU, SEED, 1, 1, 1, 1, 1, false,
                false)
            .withLayout(UpdateLayout.whole(dimension, method));
    }
}
