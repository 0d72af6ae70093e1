package org.eden4j.transport;

/** A message whose lengths do not add up. Never leaves the adapters, which count it. */
final class MalformedMessageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    MalformedMessageException(String message) {
        super(message, null, false, false);
    }
}
