package org.eden4j.simulator.task;

/**
 * A problem that is solved by rounds: from the model that all have each worker computes an update, and from the mean of the updates the
 * aggregator computes by how much the model changes. Not thread-safe.
 */
interface Task {
    /** Coordinates of a model, and so of updates and changes. */
    int dimension();

    /** The model to begin with. */
    float[] start();

    /**
     * A worker's update.
     *
     * @param update every coordinate is set
     */
    void update(int worker, float[] model, float[] update);

    /** Bytes of what a worker sends besides its update, and gets besides the change, as they are. */
    default int exactBytes() {
        return 0;
    }

    /**
     * The change of the model.
     *
     * @param mean of the updates, as nearly as it came
     * @param change every coordinate is set
     */
    void change(float[] model, float[] mean, float[] change);

    /** What is minimised or maximised, over all images. */
    double objective(float[] model);

    /** Whether a larger objective is better. */
    default boolean maximises() {
        return false;
    }
}
