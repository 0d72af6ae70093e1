package org.eden4j.simulator.input;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** Deterministic inputs: every draw is the same. */
sealed interface Fixed extends Input {
    @Override
    default boolean random() {
        return false;
    }

    /**
     * The given values, then zeros: the worst input for a single round of rotation.
     *
     * @param values the first coordinates
     */
    record Sparse(List<Float> values) implements Fixed {
        public Sparse {
            values = List.copyOf(values);
        }

        @Override
        public void draw(RandomGenerator random, float[] vector) {
            if (values.size() > vector.length) {
                throw new IllegalArgumentException("input " + this + " has " + values.size()
                        + " values, the dimension is " + vector.length);
            }
            Arrays.fill(vector, 0);
            for (int i = 0; i < values.size(); i++) {
                vector[i] = values.get(i);
            }
        }

        @Override
        public String toString() {
            return values.stream().map(InputText::number).collect(Collectors.joining(",", "sparse:", ""));
        }
    }

    /**
     * The powers of a ratio, starting with one.
     *
     * @param ratio ratio of each coordinate to the preceding one
     */
    record Geometric(double ratio) implements Fixed {
        public Geometric {
            if (!(Math.abs(ratio) <= 1)) {
                throw new IllegalArgumentException("the ratio must be from -1 to 1, got " + ratio);
            }
        }

        @Override
        public void draw(RandomGenerator random, float[] vector) {
            double power = 1;
            for (int i = 0; i < vector.length; i++) {
                vector[i] = (float) power;
                power *= ratio;
            }
        }

        @Override
        public String toString() {
            return "geometric:" + InputText.number(ratio);
        }
    }

    /** Ones. */
    record Constant() implements Fixed {
        @Override
        public void draw(RandomGenerator random, float[] vector) {
            Arrays.fill(vector, 1);
        }

        @Override
        public String toString() {
            return "constant";
        }
    }
}
