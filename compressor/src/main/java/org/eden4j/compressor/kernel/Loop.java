package org.eden4j.compressor.kernel;

/**
 * One loop over a block that is compiled separately.
 *
 * <p>Until the compiler has inlined a vector operation, it represents it by about two hundred nodes. From 18,000 nodes
 * on it stops inlining calls and allocates vectors on the heap: ten times slower, in some runs of the JVM and not in
 * others. Only the JDK's own vector methods are inlined after that. All loops are therefore called through
 * {@link #run}, a call site too megamorphic for inlining (which costs 2 ns per call), and a long loop body calls our
 * own methods such as {@link Lanes#floats} in its first half and only the JDK's after that.
 */
@FunctionalInterface
interface Loop {
    /**
     * Runs the loop, which defines the meaning of its arguments.
     *
     * @param a first address
     * @param b second address
     * @param c third address
     * @param n number of coordinates
     * @param k another number
     * @param f a factor
     */
    void over(long a, long b, long c, int n, int k, float f);

    static void run(Loop loop, long a, long b, long c, int n, int k, float f) {
        loop.over(a, b, c, n, k, f);
    }
}
