package org.eden4j.compressor;

/** Bytes that no encoder made: says what is wrong, where, and what was expected. Nothing was added to any sum. */
public final class MalformedPayloadException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public MalformedPayloadException(String message) {
        super(message);
    }
}
