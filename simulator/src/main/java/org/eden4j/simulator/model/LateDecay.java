package org.eden4j.simulator.model;

import org.nd4j.linalg.schedule.ISchedule;

/**
 * A learning rate that stays for the first half of a run, then falls linearly to nothing. DL4J's {@code PolySchedule}
 * cannot fall: in 1.0.0-M2.1 it multiplies by {@code (1 + i/n)^power}.
 *
 * @param first of the first half
 * @param steps of the whole run
 */
record LateDecay(double first, int steps) implements ISchedule {
    private static final long serialVersionUID = 1;

    @Override
    public double valueAt(int iteration, int epoch) {
        return first * Math.clamp(2 * (1 - iteration / (double) steps), 0, 1);
    }

    /** Itself: a record of numbers cannot change. */
    @Override
    public ISchedule clone() {
        return this;
    }
}
