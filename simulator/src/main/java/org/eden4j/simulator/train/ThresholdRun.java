package org.eden4j.simulator.train;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.solvers.accumulation.EncodedGradientsAccumulator;
import org.deeplearning4j.optimize.solvers.accumulation.encoding.residual.ResidualClippingPostProcessor;
import org.deeplearning4j.optimize.solvers.accumulation.encoding.threshold.AdaptiveThresholdAlgorithm;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.deeplearning4j.parallelism.ParallelWrapper.TrainingMode;
import org.eden4j.dl4j.ParameterHash;
import org.eden4j.simulator.data.FashionMnist;
import org.eden4j.simulator.data.ImageIterator;
import org.eden4j.simulator.data.ImageSet;
import org.eden4j.simulator.model.TestScore;
import org.eden4j.simulator.model.TrainingPlan;
import org.eden4j.simulator.output.Row;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/**
 * One training run by DL4J's own {@code ParallelWrapper} with its threshold encoding: each worker adds its step, after the updater,
 * to its residual, and sends the signs of the values beyond an adaptive threshold; all workers apply the sum of all messages.
 * Networks, images, batches and their order are those of other runs. One exchange per step.
 *
 * <p>Since steps are added up where others average them, the learning rate is divided by the number of workers. Bytes are those
 * of the messages, integers that name the values: up what a worker makes, down what it takes of the others; headers of a network
 * are not in them.
 */
final class ThresholdRun {
    static final String NAME = "threshold-encoding";
    /** Smallest number of workers of {@code ParallelWrapper}. */
    static final int FEWEST_WORKERS = 2;
    private static final int STARTING_SECONDS = 60;
    /** DL4J's own: residuals are clipped to 5 thresholds, every 5 steps. */
    private static final int CLIPPED = 5;

    private final TrainSettings settings;
    private final int workers;
    private final long seed;

    ThresholdRun(TrainSettings settings) {
        this.settings = settings;
        workers = settings.job().workers();
        seed = TrainingPlan.modelSeed(settings.job().seed());
    }

    /** Counts what workers send, and lets none begin before all have their copy of the network, which begins to change then. */
    private static final class CountedEncoding extends EncodedGradientsAccumulator {
        private static final long serialVersionUID = 1;

        private final transient CountDownLatch starting;
        private final AtomicLong bytes = new AtomicLong();

        CountedEncoding(int workers) {
            super(workers, new AdaptiveThresholdAlgorithm(), new ResidualClippingPostProcessor(CLIPPED, CLIPPED),
                    false);
            starting = new CountDownLatch(workers);
        }

        @Override
        public void touch() {
            if (index.get() == null) {
                super.touch();
                starting.countDown();
            }
            try {
                if (!starting.await(STARTING_SECONDS, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("ParallelWrapper has not started all of its workers");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("this thread was interrupted", e);
            }
        }

        @Override
        public void receiveUpdate(INDArray message) {
            bytes.addAndGet(message.length() * message.dataType().width());
            super.receiveUpdate(message);
        }
    }

    /** Notes what replicas are after their last step. */
    private static final class LastStep extends BaseTrainingListener {
        private final int last;
        private final Set<Long> hashes = ConcurrentHashMap.newKeySet();

        LastStep(int steps) {
            last = steps - 1;
        }

        @Override
        public void iterationDone(Model model, int iteration, int epoch) {
            if (iteration == last) {
                hashes.add(ParameterHash.of(model));
            }
        }
    }

    /** Trains; the summary. */
    Row train() throws IOException {
        TrainingPlan plan = settings.plan();
        FashionMnist images = FashionMnist.parse(settings.data());
        List<ImageIterator> batches = new ArrayList<>();
        ImageSet share = null;
        for (int worker = 0; worker < workers; worker++) {
            share = plan.shard(images.train(), worker, workers, seed);
            batches.add(plan.batches(share, worker, seed));
        }
        int steps = plan.epochs() * plan.stepsPerEpoch(share);
        MultiLayerNetwork network = plan.withLearningRate(plan.learningRate() / workers).network(share, seed);
        LastStep last = new LastStep(steps);
        network.setListeners(last);
        CountedEncoding encoding = new CountedEncoding(workers);
        ParallelWrapper wrapper = new ParallelWrapper.Builder<>(network).workers(workers)
            .prefetchBuffer(0)
            .trainingMode(TrainingMode.CUSTOM)
            .gradientsAccumulator(encoding)
            .build();
        long begin = System.nanoTime();
        // one call for all epochs: at the end of each the wrapper forgets the updaters' state
        wrapper.fit(new ExistingDataSetIterator(inTurn(batches, (long) steps * workers)));
        double seconds = (System.nanoTime() - begin) / 1e9;
        TestScore score = TestScore.of(network, plan.model().images(images.test()));
        return row(plan, steps, encoding.bytes.get(), score, seconds, last.hashes.size() == 1);
    }

    private Row row(TrainingPlan plan, int steps, long bytesUp, TestScore score, double seconds, boolean equal) {
        long parameters = plan.model().parameters();
        long bytesDown = bytesUp * (workers - 1);
        double coordinates = (double) steps * workers * parameters;
        return Row.of("series")
            .put("method", NAME)
            .put("downlink", NAME)
            .put("mode", Mode.sharing.name())
            .put("model", plan.model().toString())
            .put("workers", workers)
            .put("parameters", parameters)
            .put("epoch", plan.epochs())
            .put("rounds", steps)
            .put("loss", score.loss())
            .put("accuracy", score.accuracy())
            .put("bytesUp", bytesUp)
            .put("bytesDown", bytesDown)
            .put("wireBitsUp", bytesUp * Byte.SIZE / coordinates)
            .put("wireBitsDown", bytesDown * Byte.SIZE / coordinates)
            .put("seconds", seconds)
            .put("replicasEqual", equal);
    }

    /** A batch of each worker after the other, so often in all. */
    private static Iterator<DataSet> inTurn(List<ImageIterator> batches, long count) {
        return new Iterator<>() {
            private long taken;

            @Override
            public boolean hasNext() {
                return taken < count;
            }

            @Override
            public DataSet next() {
                ImageIterator own = batches.get((int) (taken++ % batches.size()));
                if (!own.hasNext()) {
                    own.reset();
                }
                return own.next();
            }
        };
    }
}
