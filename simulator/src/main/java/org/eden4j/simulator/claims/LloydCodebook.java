package org.eden4j.simulator.claims;

import java.util.Arrays;

/**
 * A codebook for N(0,1) computed by Lloyd's iteration from cells of equal probability: boundaries halfway between
 * centroids, then centroids at the means of their cells. It converges slowly for many levels. A published comparison
 * stopped it after 100 iterations; at 8 bits its distortion is then four times that of the converged one. Immutable.
 */
final class LloydCodebook {
    private static final double CONVERGED = 1e-13;

    private final double[] centroids;
    private final double[] boundaries;

    private LloydCodebook(double[] centroids) {
        this.centroids = centroids;
        boundaries = between(centroids);
    }

    /** Returns the codebook after this number of iterations. */
    static LloydCodebook stoppedAfter(int iterations, int bits) {
        double[] centroids = start(bits);
        for (int i = 0; i < iterations; i++) {
            centroids = means(between(centroids));
        }
        return new LloydCodebook(centroids);
    }

    /** Returns the codebook that further iterations leave unchanged; takes a few thousand iterations at 4 bits. */
    static LloydCodebook converged(int bits) {
        double[] centroids = start(bits);
        double moved;
        do {
            double[] next = means(between(centroids));
            moved = 0;
            for (int i = 0; i < next.length; i++) {
                moved = Math.max(moved, Math.abs(next[i] - centroids[i]));
            }
            centroids = next;
        } while (moved > CONVERGED);
        return new LloydCodebook(centroids);
    }

    private static double[] start(int bits) {
        double[] edges = new double[(1 << bits) - 1];
        for (int i = 0; i < edges.length; i++) {
            edges[i] = NormalLaw.quantile((i + 1.0) / (1 << bits));
        }
        return means(edges);
    }

    private static double[] between(double[] centroids) {
        double[] middles = new double[centroids.length - 1];
        for (int i = 0; i < middles.length; i++) {
            middles[i] = (centroids[i] + centroids[i + 1]) / 2;
        }
        return middles;
    }

    private static double[] means(double[] edges) {
        double[] means = new double[edges.length + 1];
        double low = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < means.length; i++) {
            double high = i < edges.length ? edges[i] : Double.POSITIVE_INFINITY;
            means[i] = (NormalLaw.density(low) - NormalLaw.density(high)) / mass(low, high);
            low = high;
        }
        return means;
    }

    /**
     * Returns the probability of a cell. Computed for cells above zero, by symmetry, where the difference loses no
     * digits.
     */
    private static double mass(double low, double high) {
        return low > 0 ? NormalLaw.below(-low) - NormalLaw.below(-high) : NormalLaw.below(high) - NormalLaw.below(low);
    }

    /** Returns the centroids in ascending order. */
    double[] centroids() {
        return centroids.clone();
    }

    /** Returns the centroid nearest to z. */
    double nearest(double z) {
        int found = Arrays.binarySearch(boundaries, z);
        return centroids[found < 0 ? -found - 1 : found];
    }

    /** Returns E (z - c(z))^2 for z ~ N(0,1), whether or not the centroids are the means of their cells. */
    double distortion() {
        double distortion = 1;
        double low = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < centroids.length; i++) {
            double high = i < boundaries.length ? boundaries[i] : Double.POSITIVE_INFINITY;
            double c = centroids[i];
            distortion += c * c * mass(low, high)
                    - 2 * c * (NormalLaw.density(low) - NormalLaw.density(high));
            low = high;
        }
        return distortion;
    }
}
