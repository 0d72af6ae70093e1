package org.eden4j.transport.wire;

/** A message with inconsistent lengths. Never leaves the adapters, which count it. */
public final class MalformedMessageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public MalformedMessageException(String message) {
        super(message, null, false, false);
    }
}
