package org.eden4j.transport.wire;

import org.eden4j.transport.job.TransportException;

/** A publication is closed permanently: the link must be opened again. */
public final class LinkLostException extends TransportException {
    private static final long serialVersionUID = 1;

    public LinkLostException(String message) {
        super(message);
    }
}
