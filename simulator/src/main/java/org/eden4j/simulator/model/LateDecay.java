package org.eden4j.simulator.model;

import org.nd4j.linalg.schedule.ISchedule;

/**
 * A learning rate that is constant for the first half of a run, then decreases linearly to zero. DL4J's
 * {@code PolySchedule} cannot decrease: in 1.0.0-M2.1 it multiplies by {@code (1 + i/n)^power}.
 *
 * @param first learning rate of the first half
 * @param steps number of steps of the whole run
 */
record LateDecay(double first, int steps) implements ISchedule {
    private static final long serialVersionUID = 1;

    @Override
    public double valueAt(int iteration, int epoch) {
        return first * Math.clamp(2 * (1 - iteration / (double) steps), 0, 1);
    }

    /** Returns itself, since it is immutable. */
    @Override
    public ISchedule clone() {
        return this;
    }
}
