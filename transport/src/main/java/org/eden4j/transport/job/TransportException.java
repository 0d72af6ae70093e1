package org.eden4j.transport.job;

/** The job, a round or a link failed: the message states what failed, with numbers, and the cure if there is one. */
public class TransportException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public TransportException(String message) {
        super(message);
    }

    public TransportException(String message, Throwable cause) {
        super(message, cause);
    }
}
