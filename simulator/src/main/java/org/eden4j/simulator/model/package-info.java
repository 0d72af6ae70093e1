/**
 * Turns a plan into a network to train, and a trained network into a score.
 *
 * <pre>
 * TrainingPlan --ImageModel--> MultiLayerNetwork --fit--> MultiLayerNetwork --TestScore--> accuracy, loss
 * </pre>
 *
 * <p>Start at {@link org.eden4j.simulator.model.TrainingPlan}.
 */
package org.eden4j.simulator.model;
