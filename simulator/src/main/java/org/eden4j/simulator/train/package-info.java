/**
 * Turns a training plan into worker processes that learn together and a table of accuracy against bytes.
 *
 * <pre>
 * TrainCommand, DemoCommand --TrainSettings--&gt; TrainRun --Job--&gt; TrainWorker x N: learn, exchange, score
 *                                                  \-- epoch and summary rows --&gt; results, report
 * SeriesCommand --SeriesRun x seeds--&gt; InProcessRun: the same workers as threads of this process --&gt; SeriesTable
 * </pre>
 *
 * <p>Start with {@link org.eden4j.simulator.train.TrainCommand}.
 */
package org.eden4j.simulator.train;
