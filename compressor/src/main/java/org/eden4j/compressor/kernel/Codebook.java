package org.eden4j.compressor.kernel;

/**
 * The Lloyd-Max codebook of N(0,1) for one bit width: the centroids that minimise D = E (z - c(z))^2.
 *
 * <p>Lloyd 1982, Max 1960: boundaries are halfway between centroids, and each centroid is the mean of its cell. Both
 * conditions together are solved by Newton's method on the centroids of the positive half (the codebook is symmetric),
 * a tridiagonal system. Lloyd's own iteration would need tens of thousands of steps at 8 bits, and stopping it early
 * costs up to 76 % in error.
 *
 * <p>An index of b bits has a magnitude in its low b - 1 bits and a sign in its highest bit. The magnitude of z is the
 * number of boundaries below |z|; the sign is set if z &lt; -{@link #TIE}.
 *
 * <p>Immutable.
 */
public final class Codebook {
    public static final int MAX_BITS = 8;

    /**
     * Magnitudes up to this value are treated as zero, and zero as positive.
     *
     * <p>About one coordinate in 2 sqrt(d) of a rotated sparse vector is exactly zero. The float32 rounding of the
     * butterflies leaves a residue (below 1e-6) whose sign depends on the signs of the rotation and would bias the
     * estimate: for (.3, .2, .1) at one bit with two rounds by 8e-4 |x|^2 at d = 128 and 6e-5 at 1024. With all ties
     * on one side, the rotation with all signs of its last round flipped cancels their contribution, and no bias
     * remains. A share of 6e-6 of normal coordinates falls in this range, where the two innermost cells are equally good.
     */
    static final float TIE = 0x1p-17f;
    private static final Codebook[] BY_BITS = new Codebook[MAX_BITS + 1];

    static {
        for (int bits = 1; bits <= MAX_BITS; bits++) {
            BY_BITS[bits] = new Codebook(bits);
        }
    }

    private final int bits;
    private final double[] centroids;
    private final double distortion;
    private final float[] floatCentroids;
    private final float[] floatBoundaries;
    private final int[] centroidBits;
    private final int[] boundaryTree;

    private Codebook(int bits) {
        this.bits = bits;
        centroids = solve(1 << bits - 1);
        distortion = Cells.of(centroids).distortion(centroids);
        floatCentroids = new float[centroids.length];
        floatBoundaries = new float[centroids.length - 1];
        centroidBits = new int[centroids.length];
        for (int k = 0; k < centroids.length; k++) {
            floatCentroids[k] = (float) centroids[k];
            centroidBits[k] = Float.floatToRawIntBits(floatCentroids[k]);
        }
        for (int k = 0; k < floatBoundaries.length; k++) {
            floatBoundaries[k] = (float) ((centroids[k] + centroids[k + 1]) / 2);
        }
        boundaryTree = tree(floatBoundaries);
    }

    public static Codebook ofBits(int bits) {
        checkBits(bits);
        return BY_BITS[bits];
    }

    public static void checkBits(int bits) {
        if (bits < 1 || bits > MAX_BITS) {
            throw new IllegalArgumentException("bits must be from 1 to " + MAX_BITS + ", got " + bits);
        }
    }

    public int bits() {
        return bits;
    }

    /** Returns the 2^(b-1) positive centroids in ascending order, as computed. */
    public double[] centroids() {
        return centroids.clone();
    }

    /** Returns D = E (z - c(z))^2 for z ~ N(0,1). */
    public double distortion() {
        return distortion;
    }

    /** Returns the positive centroids as used by the kernels; callers must not modify them. */
    public float[] floatCentroids() {
        return floatCentroids;
    }

    /** Returns the positive centroids as float bits; callers must not modify them. */
    int[] centroidBits() {
        return centroidBits;
    }

    /** Returns the 2^(b-1) - 1 positive boundaries as used by the kernels; callers must not modify them. */
    float[] floatBoundaries() {
        return floatBoundaries;
    }

    /** Returns the boundaries as float bits in search tree order: root at 1, children of i at 2 i and 2 i + 1. */
    int[] boundaryTree() {
        return boundaryTree;
    }

    private static int[] tree(float[] boundaries) {
        int nodes = boundaries.length + 1;
        int[] tree = new int[nodes];
        for (int node = 1; node < nodes; node++) {
            int levelStart = Integer.highestOneBit(node);
            int step = nodes / levelStart;
            tree[node] = Float.floatToRawIntBits(boundaries[(node - levelStart) * step + step / 2 - 1]);
        }
        return tree;
    }

    /** Returns the index of z; see the class comment. */
    public int index(float z) {
        int leaves = 1 << bits - 1;
        int magnitude = Float.floatToRawIntBits(z) & ScalarKernels.MAGNITUDE;
        int node = 1;
        while (node < leaves) {
            node = 2 * node + (boundaryTree[node] - magnitude >>> 31);
        }
        return z >= -TIE ? node - leaves : node;
    }

    /** Returns the signed centroid of an index of {@link #bits} bits. */
    public float centroid(int index) {
        int leaves = 1 << bits - 1;
        float magnitude = floatCentroids[index & leaves - 1];
        return (index & leaves) == 0 ? magnitude : -magnitude;
    }

    /** Newton's method, started from the companding density of Panter and Dite (1951), which is N(0, 3). */
    private static double[] solve(int n) {
        double[] c = new double[n];
        for (int k = 0; k < n; k++) {
            c[k] = Math.sqrt(3) * Normal.quantile(.5 + (k + .5) / (2 * n));
        }
        for (int iteration = 0; iteration < 100; iteration++) {
            double step = newtonStep(c);
            if (step < 1e-15) {
                return c;
            }
        }
        return c;
    }

    /** Performs one Newton step on F_k(c) = c_k - mean of cell k, in place, and returns the largest change. */
    private static double newtonStep(double[] c) {
        int n = c.length;
        Cells cells = Cells.of(c);
        double[] lower = new double[n];
        double[] diagonal = new double[n];
        double[] upper = new double[n];
        double[] residual = new double[n];
        for (int k = 0; k < n; k++) {
            double mean = cells.mean(k);
            double byLow = Normal.density(cells.low(k)) * (mean - cells.low(k)) / cells.mass(k);
            double byHigh = k == n - 1 ? 0 : Normal.density(cells.high(k)) * (cells.high(k) - mean) / cells.mass(k);
            lower[k] = k == 0 ? 0 : -byLow / 2;
            upper[k] = -byHigh / 2;
            diagonal[k] = 1 + lower[k] + upper[k];
            residual[k] = c[k] - mean;
        }
        for (int k = 1; k < n; k++) {
            double factor = lower[k] / diagonal[k - 1];
            diagonal[k] -= factor * upper[k - 1];
            residual[k] -= factor * residual[k - 1];
        }
        double largest = 0;
        double next = 0;
        for (int k = n - 1; k >= 0; k--) {
            next = (residual[k] - (k == n - 1 ? 0 : upper[k] * next)) / diagonal[k];
            c[k] -= next;
            largest = Math.max(largest, Math.abs(next));
        }
        return largest;
    }

    /** The cells of the positive half: probability and mean of N(0,1) in each. */
    private record Cells(double[] boundaries, double[] masses, double[] means) {
        static Cells of(double[] c) {
            int n = c.length;
            double[] boundaries = new double[n + 1];
            double[] masses = new double[n];
            double[] means = new double[n];
            boundaries[n] = Normal.TOP;
            for (int k = 1; k < n; k++) {
                boundaries[k] = (c[k - 1] + c[k]) / 2;
            }
            for (int k = 0; k < n; k++) {
                masses[k] = Normal.mass(boundaries[k], boundaries[k + 1]);
                means[k] = (Normal.density(boundaries[k]) - Normal.density(boundaries[k + 1])) / masses[k];
            }
            return new Cells(boundaries, masses, means);
        }

        double low(int k) {
            return boundaries[k];
        }

        double high(int k) {
            return boundaries[k + 1];
        }

        double mass(int k) {
            return masses[k];
        }

        double mean(int k) {
            return means[k];
        }

        /** Returns E (z - c(z))^2, summed over the cells so that nothing cancels. */
        double distortion(double[] c) {
            double sum = 0;
            for (int k = 0; k < c.length; k++) {
                sum += Normal.squaredDeviation(boundaries[k], boundaries[k + 1], c[k]);
            }
            return 2 * sum;
        }
    }
}
