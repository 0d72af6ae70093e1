package org.eden4j.simulator.task;

/**
 * A problem solved in rounds. From the model, which all workers have, each worker computes an update; from the mean of
 * the updates the aggregator computes the change of the model. Not thread-safe.
 */
interface Task {
    /** Returns the number of coordinates of a model, and so of updates and changes. */
    int dimension();

    /** Returns the initial model. */
    float[] start();

    /**
     * Computes a worker's update.
     *
     * @param update every coordinate is set
     */
    void update(int worker, float[] model, float[] update);

    /** Returns the number of bytes a worker sends and receives uncompressed, besides its update and the change. */
    default int exactBytes() {
        return 0;
    }

    /**
     * Computes the change of the model.
     *
     * @param mean mean of the updates, as received
     * @param change every coordinate is set
     */
    void change(float[] model, float[] mean, float[] change);

    /** Returns the quantity that is minimised or maximised, over all images. */
    double objective(float[] model);

    /** Returns whether a larger objective is better. */
    default boolean maximises() {
        return false;
    }
}
