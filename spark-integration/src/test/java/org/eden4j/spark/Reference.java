package org.eden4j.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.compressor.Method;
import org.eden4j.dl4j.EdenTraining;
import org.eden4j.dl4j.RandomNumbers;
import org.eden4j.dl4j.TrainedNetwork;
import org.eden4j.transport.job.DefaultMethods;
import org.eden4j.transport.local.LocalJob;
import org.nd4j.linalg.dataset.DataSet;

/** The same training without Spark: each worker an {@link EdenTraining} in a thread of its own. */
final class Reference {
    private Reference() {}

    /**
     * Trains.
     *
     * @param shares batches of each worker
     * @param method of the updates; {@code none} leaves the means as they are, too
     * @param terms of each member
     * @return the network of the first worker
     */
    static MultiLayerNetwork train(MultiLayerConfiguration configuration, List<List<DataSet>> shares, int epochs,
            String method, long seed, UnaryOperator<EdenTraining.Builder> terms) throws InterruptedException {
        return train(() -> {
            MultiLayerNetwork network = new MultiLayerNetwork(configuration.clone());
            network.init();
            return network;
        }, shares, epochs, method, seed, terms);
    }

    /**
     * Trains either kind of network.
     *
     * @param create makes the network of each worker
     */
    static <N extends Model> N train(Supplier<N> create, List<List<DataSet>> shares, int epochs, String method,
            long seed, UnaryOperator<EdenTraining.Builder> terms) throws InterruptedException {
        LocalJob job = LocalJob.builder(shares.size(), Method.parse(method))
            .downlink(method.equals("none") ? Method.parse("none") : DefaultMethods.means())
            .jobSeed(seed)
            .build();
        List<N> networks = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int worker = 0; worker < shares.size(); worker++) {
            int index = worker;
            N network = create.get();
            networks.add(network);
            Thread thread = Thread.ofPlatform().unstarted(() -> {
                RandomNumbers.seed(seed, 1, index);
                try (EdenTraining _ = terms.apply(EdenTraining.builder(network).job(job).index(index)).join()) {
                    for (int epoch = 0; epoch < epochs; epoch++) {
                        new TrainedNetwork(network).fit(new Unasked(shares.get(index)));
                    }
                }
            });
            thread.setUncaughtExceptionHandler((_, failure) -> failures.add(failure));
            threads.add(thread);
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        if (!failures.isEmpty()) {
            throw new AssertionError(failures.getFirst());
        }
        return networks.getFirst();
    }

    /** Batches as they are, in the thread that trains. */
    private static final class Unasked extends ListDataSetIterator<DataSet> {
        private static final long serialVersionUID = 1;

        Unasked(List<DataSet> batches) {
            super(batches, 1);
        }

        @Override
        public boolean asyncSupported() {
            return false;
        }
    }
}
