package org.eden4j.transport;

/** A publication is closed for good: another way has to be opened. */
final class LinkLostException extends TransportException {
    private static final long serialVersionUID = 1;

    LinkLostException(String message) {
        super(message);
    }
}
