package org.eden4j.compressor;

/** A gradient with NaN, an infinity or a magnitude that the method cannot carry; names the index. */
public final class NonFiniteGradientException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    /** The coordinate, counted in the whole gradient. */
    private final long index;

    public NonFiniteGradientException(long index, float value, String cure) {
        super("gradient[" + index + "] is " + value + ": " + cure);
        this.index = index;
    }

    /** The first coordinate at fault, counted from the gradient's start. */
    public long index() {
        return index;
    }
}
