package org.eden4j.compressor;

/** A gradient with NaN, an infinity or a magnitude that the method cannot carry; names the index. */
public final class NonFiniteGradientException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    /** The coordinate, counted in the whole gradient. */
    private final long index;
    private final float value;
    private final String cure;

    public NonFiniteGradientException(long index, float value, String cure) {
        super("gradient[" + index + "] is " + value + ": " + cure);
        this.index = index;
        this.value = value;
        this.cure = cure;
    }

    /** The first coordinate at fault, counted from the gradient's start. */
    public long index() {
        return index;
    }

    /** The same of a block that was at {@code place} when it was refused, and whose first coordinate is {@code first}. */
    public NonFiniteGradientException moved(long place, long first) {
        if (place == first) {
            return this;
        }
        NonFiniteGradientException moved = new NonFiniteGradientException(index - place + first, value, cure);
        moved.initCause(this);
        return moved;
    }
}
