package org.eden4j.transport.job;

/** The aggregator answered a join with no. Trying again with the same arguments gets the same answer. */
public final class JoinRejectedException extends TransportException {
    private static final long serialVersionUID = 1;

    private final RejectCode code;

    public JoinRejectedException(RejectCode code, String reason) {
        super("aggregator rejected this worker: " + reason);
        this.code = code;
    }

    public RejectCode code() {
        return code;
    }
}
