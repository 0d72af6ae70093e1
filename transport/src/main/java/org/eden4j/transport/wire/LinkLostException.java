package org.eden4j.transport.wire;

import org.eden4j.transport.job.TransportException;

/** A publication is closed for good: another way has to be opened. */
public final class LinkLostException extends TransportException {
    private static final long serialVersionUID = 1;

    public LinkLostException(String message) {
        super(message);
    }
}
