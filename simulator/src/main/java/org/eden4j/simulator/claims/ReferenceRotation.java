package org.eden4j.simulator.claims;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * A rotation in double precision, for dimensions and kinds of seeding that the codecs do not support. Not thread-safe.
 */
interface ReferenceRotation {
    /** Returns the rotated vector; overwritten by the next call. */
    double[] rotate(float[] x);

    /**
     * A dense rotation with Haar distribution: the Q of a Gaussian matrix G = QR with a positive diagonal of R
     * (Mezzadri, Notices of the AMS 54, 2007), by Gram-Schmidt on the columns of G, performed twice. If its determinant
     * is negative, the sign of the first column is changed, as in TurboQuant+. Takes d^2 per vector, and about 2 d^3
     * once.
     */
    final class Dense implements ReferenceRotation {
        /** Column k of Q. */
        private final double[][] columns;
        private final double[] rotated;

        /** Draws G row by row. */
        Dense(int dimension, RandomGenerator random) {
            columns = new double[dimension][dimension];
            rotated = new double[dimension];
            for (int row = 0; row < dimension; row++) {
                for (int column = 0; column < dimension; column++) {
                    columns[column][row] = random.nextGaussian();
                }
            }
            boolean reflection = hasNegativeDeterminant(columns);
            for (int k = 0; k < dimension; k++) {
                removeEarlier(k);
                removeEarlier(k);
                scale(columns[k], 1 / Math.sqrt(dot(columns[k], columns[k])));
            }
            if (reflection) {
                scale(columns[0], -1);
            }
        }

        /** Computes the sign of the determinant by elimination with the largest pivot. */
        private static boolean hasNegativeDeterminant(double[][] matrix) {
            double[][] rest = Arrays.stream(matrix).map(double[]::clone).toArray(double[][]::new);
            boolean negative = false;
            for (int k = 0; k < rest.length; k++) {
                int pivot = k;
                for (int i = k + 1; i < rest.length; i++) {
                    pivot = Math.abs(rest[i][k]) > Math.abs(rest[pivot][k]) ? i : pivot;
                }
                double[] row = rest[pivot];
                rest[pivot] = rest[k];
                rest[k] = row;
                negative ^= (pivot != k) ^ (row[k] < 0);
                for (int i = k + 1; i < rest.length; i++) {
                    add(rest[i], -rest[i][k] / row[k], row);
                }
            }
            return negative;
        }

        private void removeEarlier(int k) {
            for (int j = 0; j < k; j++) {
                add(columns[k], -dot(columns[j], columns[k]), columns[j]);
            }
        }

        @Override
        public double[] rotate(float[] x) {
            Arrays.fill(rotated, 0);
            for (int k = 0; k < x.length; k++) {
                add(rotated, x[k], columns[k]);
            }
            return rotated;
        }

        private static double dot(double[] a, double[] b) {
            double sum = 0;
            for (int i = 0; i < a.length; i++) {
                sum += a[i] * b[i];
            }
            return sum;
        }

        private static void add(double[] to, double factor, double[] from) {
            for (int i = 0; i < to.length; i++) {
                to[i] += factor * from[i];
            }
        }

        private static void scale(double[] a, double factor) {
            for (int i = 0; i < a.length; i++) {
                a[i] *= factor;
            }
        }
    }

    /** One round of fixed random signs and the orthonormal Hadamard transform, for any power of two. */
    final class Hadamard implements ReferenceRotation {
        private final double[] signs;
        private final double[] rotated;

        Hadamard(int dimension, RandomGenerator random) {
            if (Integer.bitCount(dimension) != 1) {
                throw new IllegalArgumentException("dimension must be a power of two, got " + dimension);
            }
            signs = new double[dimension];
            rotated = new double[dimension];
            double unit = 1 / Math.sqrt(dimension);
            for (int i = 0; i < dimension; i++) {
                signs[i] = random.nextBoolean() ? unit : -unit;
            }
        }

        @Override
        public double[] rotate(float[] x) {
            for (int i = 0; i < rotated.length; i++) {
                rotated[i] = signs[i] * x[i];
            }
            for (int half = 1; half < rotated.length; half *= 2) {
                for (int start = 0; start < rotated.length; start += 2 * half) {
                    for (int i = start; i < start + half; i++) {
                        double a = rotated[i];
                        double b = rotated[i + half];
                        rotated[i] = a + b;
                        rotated[i + half] = a - b;
                    }
                }
            }
            return rotated;
        }
    }
}
