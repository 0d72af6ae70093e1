package org.eden4j.compressor;

/** Thrown for a gradient with a NaN, an infinity or a magnitude the method cannot encode. Names the index. */
public final class NonFiniteGradientException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    /** Index of the coordinate in the whole gradient. */
    private final long index;
    private final float value;
    private final String cure;

    public NonFiniteGradientException(long index, float value, String cure) {
        super("gradient[" + index + "] is " + value + ": " + cure);
        this.index = index;
        this.value = value;
        this.cure = cure;
    }

    /** Returns the index of the first offending coordinate in the whole gradient. */
    public long index() {
        return index;
    }

    /**
     * Returns the same exception for a block that was at {@code place} when rejected and whose first coordinate is
     * {@code first}.
     */
    public NonFiniteGradientException moved(long place, long first) {
        if (place == first) {
            return this;
        }
        NonFiniteGradientException moved = new NonFiniteGradientException(index - place + first, value, cure);
        moved.initCause(this);
        return moved;
    }
}
