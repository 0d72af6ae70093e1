package org.eden4j.simulator.input;

import java.util.random.RandomGenerator;
import org.eden4j.simulator.cli.TextConverter;

/**
 * The distribution of one vector. {@code --input} takes the text form, which {@link #parse} reads and {@link #toString}
 * writes.
 *
 * <pre>
 * lognormal       exp of N(0,1) for each coordinate
 * normal          N(0,1)
 * student-t:3     Student's t with that many degrees of freedom
 * gradients       a random position in a gradient of a network in training
 * sparse:2,1      those values, then zeros
 * geometric:0.5   1, .5, .25, ...
 * constant        ones
 * spike:0.1       e1 plus Gaussian noise of that norm
 * file:PATH       little-endian float32 values from the start of the file
 * </pre>
 */
public sealed interface Input permits Random, Fixed, FileInput, Gradients {
    /**
     * Reads a text form.
     *
     * @throws IllegalArgumentException naming the part that is wrong and what is accepted instead
     */
    static Input parse(String text) {
        return InputText.parse(text);
    }

    /** Returns whether draws differ. */
    boolean random();

    /**
     * Draws a vector.
     *
     * @param random source of randomness for random inputs
     * @param vector every coordinate is set
     */
    void draw(RandomGenerator random, float[] vector);

    /** Reads {@code --input}. */
    final class Converter extends TextConverter<Input> {
        public Converter() {
            super(Input::parse);
        }
    }
}
