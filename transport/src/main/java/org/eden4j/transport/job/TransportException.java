package org.eden4j.transport.job;

/** The job, a round or the way to it failed: the message says what, with numbers, and where there is one the cure. */
public class TransportException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public TransportException(String message) {
        super(message);
    }

    public TransportException(String message, Throwable cause) {
        super(message, cause);
    }
}
