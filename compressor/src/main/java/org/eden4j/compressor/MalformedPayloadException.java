package org.eden4j.compressor;

/**
 * Thrown for bytes that no encoder produces. The message says what is wrong, where, and what was expected. The sum is
 * unchanged.
 */
public final class MalformedPayloadException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public MalformedPayloadException(String message) {
        super(message);
    }
}
