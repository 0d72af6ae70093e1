package org.eden4j.simulator.model;

import org.nd4j.linalg.schedule.ISchedule;

/**
 * A learning rate that falls linearly from {@code first} to nothing over {@code steps} steps, and stays there. DL4J's own
 * {@code PolySchedule} rises instead: in 1.0.0-M2.1 it multiplies by {@code (1 + i/n)^power}.
 *
 * @param first of step 0
 * @param steps of the whole run
 */
record LinearDecay(double first, int steps) implements ISchedule {
    private static final long serialVersionUID = 1;

    @Override
    public double valueAt(int iteration, int epoch) {
        return first * Math.max(0, 1 - iteration / (double) steps);
    }

    /** Itself: a record of numbers cannot change. */
    @Override
    public ISchedule clone() {
        return this;
    }
}
