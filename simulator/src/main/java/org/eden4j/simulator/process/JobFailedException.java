package org.eden4j.simulator.process;

/** A job that cannot go on: says which member failed and why. */
public final class JobFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    JobFailedException(String message) {
        super(message);
    }
}
