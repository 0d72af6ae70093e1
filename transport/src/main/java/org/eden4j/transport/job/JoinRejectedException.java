package org.eden4j.transport.job;

/** The aggregator rejected a join. Another attempt with the same arguments has the same result. */
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
