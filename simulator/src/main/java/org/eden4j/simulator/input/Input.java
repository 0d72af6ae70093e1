package org.eden4j.simulator.input;

import java.util.random.RandomGenerator;
import org.eden4j.simulator.cli.TextConverter;

/**
 * The law of one vector. The text form is what {@code --input} takes; {@link #parse} reads it and {@link #toString} writes it.
 *
 * <pre>
 * lognormal       exp of N(0,1), each coordinate
 * normal          N(0,1)
 * student-t:3     Student's t with that many degrees of freedom
 * gradients       a place in a shipped gradient of a network in training
 * sparse:2,1      those values, then zeros
 * geometric:0.5   1, .5, .25, ...
 * constant        ones
 * spike:0.1       e1 plus Gaussian noise of that norm
 * file:PATH       little-endian float32, as many as the dimension, from the file's start
 * </pre>
 */
public sealed interface Input permits Random, Fixed, FileInput, Gradients {
    /**
     * Reads a text form.
     *
     * @throws IllegalArgumentException saying which part is wrong and what would be right
     */
    static Input parse(String text) {
        return InputText.parse(text);
    }

    /** Whether two draws differ. */
    boolean random();

    /**
     * Fills a vector.
     *
     * @param random what random inputs are drawn from
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
