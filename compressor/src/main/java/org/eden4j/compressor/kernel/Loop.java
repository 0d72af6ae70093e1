package org.eden4j.compressor.kernel;

/**
 * One loop over a block that the compiler compiles by itself.
 *
 * <p>Each vector operation is some two hundred nodes for the compiler until it has seen through it. From 18,000 nodes on it
 * takes no more calls into a method and puts the vectors on the heap: ten times slower, in some starts of the JVM and not
 * in others. Only the JDK's own vector methods still go in, later. So all loops are called through {@link #run}, which sees
 * far too many kinds of them to take any in (that costs 2 ns a call), and a long loop body calls methods of ours first, as
 * {@link Lanes#floats}, and from its middle on the JDK's alone.
 */
@FunctionalInterface
interface Loop {
    /**
     * What the arguments mean is the loop's own affair.
     *
     * @param a the first address
     * @param b the second address
     * @param c the third address
     * @param n the number of coordinates
     * @param k another number
     * @param f a factor
     */
    void over(long a, long b, long c, int n, int k, float f);

    static void run(Loop loop, long a, long b, long c, int n, int k, float f) {
        loop.over(a, b, c, n, k, f);
    }
}
