package org.eden4j.simulator.input;

import java.util.random.RandomGenerator;

/** Random inputs: every draw is different. */
sealed interface Random extends Input {
    @Override
    default boolean random() {
        return true;
    }

    /** exp of N(0,1): skewed, heavy-tailed, with a non-zero mean; a common model of gradients. */
    record LogNormal() implements Random {
        @Override
        public void draw(RandomGenerator random, float[] vector) {
            for (int i = 0; i < vector.length; i++) {
                vector[i] = (float) Math.exp(random.nextGaussian());
            }
        }

        @Override
        public String toString() {
            return "lognormal";
        }
    }

    /** N(0,1). */
    record Normal() implements Random {
        @Override
        public void draw(RandomGenerator random, float[] vector) {
            for (int i = 0; i < vector.length; i++) {
                vector[i] = (float) random.nextGaussian();
            }
        }

        @Override
        public String toString() {
            return "normal";
        }
    }

    /**
     * Student's t, by Bailey's polar method (Mathematics of Computation 62, 1994): with (u, v) uniform in the unit disc
     * and w = u^2 + v^2, u sqrt(nu (w^(-2/nu) - 1) / w) has this distribution for any nu above zero.
     *
     * @param nu degrees of freedom
     */
    record StudentT(double nu) implements Random {
        public StudentT {
            if (!(nu > 0) || Double.isInfinite(nu)) {
                throw new IllegalArgumentException("degrees of freedom must be above 0, got " + nu);
            }
        }

        @Override
        public void draw(RandomGenerator random, float[] vector) {
            for (int i = 0; i < vector.length; i++) {
                vector[i] = (float) one(random);
            }
        }

        private double one(RandomGenerator random) {
            while (true) {
                double u = 2 * random.nextDouble() - 1;
                double v = 2 * random.nextDouble() - 1;
                double w = u * u + v * v;
                if (w > 0 && w <= 1) {
                    return u * Math.sqrt(nu * (Math.pow(w, -2 / nu) - 1) / w);
                }
            }
        }

        @Override
        public String toString() {
            return "student-t:" + InputText.number(nu);
        }
    }

    /**
     * The first unit vector plus Gaussian noise scaled to the given norm.
     *
     * @param norm norm of the noise
     */
    record Spike(double norm) implements Random {
        public Spike {
            if (!(norm >= 0) || Double.isInfinite(norm)) {
                throw new IllegalArgumentException("the noise's norm must be at least 0, got " + norm);
            }
        }

        @Override
        public void draw(RandomGenerator random, float[] vector) {
            double squared = 0;
            for (int i = 0; i < vector.length; i++) {
                vector[i] = (float) random.nextGaussian();
                squared += (double) vector[i] * vector[i];
            }
            double scale = norm / Math.sqrt(squared);
            for (int i = 0; i < vector.length; i++) {
                vector[i] = (float) (scale * vector[i]);
            }
            vector[0] += 1;
        }

        @Override
        public String toString() {
            return "spike:" + InputText.number(norm);
        }
    }
}
