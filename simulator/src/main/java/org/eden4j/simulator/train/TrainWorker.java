package org.eden4j.simulator.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateBlocks;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.compressor.UpdateLayout.Part;
import org.eden4j.dl4j.EdenTraining;
import org.eden4j.dl4j.LayerRules;
import org.eden4j.dl4j.ParameterHash;
import org.eden4j.simulator.data.FashionMnist;
import org.eden4j.simulator.data.ImageSet;
import org.eden4j.simulator.model.ImageModel;
import org.eden4j.simulator.model.TestScore;
import org.eden4j.simulator.model.TrainingPlan;
import org.eden4j.simulator.process.Commands;
import org.eden4j.simulator.process.Events;
import org.eden4j.simulator.process.Joining;
import org.eden4j.simulator.process.Role;
import org.eden4j.simulator.process.RoleSettings;
import org.eden4j.transport.WarmUp;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.local.LocalJob;

/**
 * One worker of {@code train}: learns from its share of the images, scores its share of the test set after each epoch.
 *
 * <pre>
 * command        event            what it does
 *                prepared         makes data and network and warms up, before any command
 * join ADDRESS   joined           meets the aggregator
 * train          progress, epoch  learns: says where it begins, progress at each exchange, an epoch event each pass
 * leave                           ends
 * </pre>
 *
 * @param index the worker's number
 * @param workers number of workers
 * @param method how updates are compressed
 * @param downlink how the mean is compressed, for warming up
 * @param mtu Aeron's MTU in bytes, 0 for the transport's choice
 * @param mode see {@link Mode}
 * @param model see {@link ImageModel}
 * @param quick whether the short plan is taken
 * @param every steps between exchanges, 0 for the plan's
 * @param epochs passes over the images, 0 for the plan's
 * @param data {@code builtin} or a directory
 * @param seed the job's seed
 * @param identity names the worker across its processes
 * @param errorFeedback whether what compression leaves of an update is added to the next
 * @param rules how parameters travel, after the standard rules
 * @param averageUpdaters whether averaging includes the updater's state
 * @param dump directory for gradients, empty for none
 */
record TrainWorker(int index, int workers, String method, String downlink, int mtu, String mode, String model,
        boolean quick, int every,
        int epochs, String data, long seed, long identity, boolean errorFeedback, String rules,
        boolean averageUpdaters, String dump) implements RoleSettings {
    static final String TRAIN = "train";
    static final String STARTED = "started";
    static final String EPOCH = "epoch";
    static final String LEAVE = "leave";
    static final String LAYERS = "layers";

    @Override
    public Role role() {
        return this::run;
    }

    @Override
    public List<String> jvmOptions() {
        return List.of("-Xmx768m", "-Dorg.bytedeco.javacpp.maxBytes=1g", "-Dorg.bytedeco.javacpp.maxPhysicalBytes=3g");
    }

    /**
     * The network and data of a worker.
     *
     * @param shard its images
     * @param test the test images that it scores
     */
    private record Task(TrainingPlan plan, ImageSet shard, ImageSet test, MultiLayerNetwork network) {
        int stepsPerEpoch() {
            return plan.stepsPerEpoch(shard);
        }
    }

    private Task task() throws IOException {
        TrainingPlan plan = TrainingPlan.of(ImageModel.parse(model), quick, every, epochs);
        FashionMnist images = FashionMnist.parse(data);
        ImageSet shard = plan.shard(images.train(), index, workers, modelSeed());
        MultiLayerNetwork network = plan.network(shard, modelSeed());
        if (!dump.isEmpty()) {
            network.addListeners(new GradientDump(Path.of(dump)));
        }
        return new Task(plan, shard, plan.model().images(images.test().shard(index, workers, modelSeed())), network);
    }

    private long modelSeed() {
        return TrainingPlan.modelSeed(seed);
    }

    private void run(Commands commands, Events events) throws IOException, InterruptedException {
        Task task = task();
        WarmUp.worker((int) task.network.numParams(), Method.parse(method), Method.parse(downlink));
        events.emit(Events.named(Joining.PREPARED));
        String address = commands.expect(Joining.JOIN);
        if (address == null) {
            return;
        }
        Learning learning = new Learning(task, events);
        try (EdenTraining eden = wish(task).job(address).onRound(learning::count).join()) {
            joined(task, events);
            if (commands.next() == null) {
                return;
            }
            learning.run(eden);
            commands.next();
        }
    }

    /** Learns in the calling thread, as a member of a job of this JVM. */
    void run(LocalJob job, Events events) throws IOException {
        Task task = task();
        Learning learning = new Learning(task, events);
        try (EdenTraining eden = wish(task).job(job).onRound(learning::count).join()) {
            joined(task, events);
            learning.run(eden);
        }
    }

    private void joined(Task task, Events events) {
        events.emit(Events.named(Joining.JOINED)
            .put("steps", task.stepsPerEpoch() * task.plan.epochs())
            .put(LAYERS, layers(task.network)));
    }

    private EdenTraining.Builder wish(Task task) {
        EdenTraining.Builder wish = EdenTraining.builder(task.network)
            .method(method)
            .rules(rules)
            .averageUpdaters(averageUpdaters)
            .index(index)
            .identity(identity)
            .joinTimeout(Joining.LIMIT)
            .mtu(mtu);
        switch (Mode.valueOf(mode)) {
            case averaging -> wish.averagingFrequency(task.plan.every());
            case sharing -> wish.gradientSharing();
        }
        return errorFeedback ? wish.errorFeedback() : wish;
    }

    /** How each parameter travels up, and what of it is expected: error, and bytes of an update. */
    private List<Map<String, Object>> layers(MultiLayerNetwork network) {
        List<Map<String, Object>> layers = new ArrayList<>();
        for (Part part : LayerRules.parse(rules).layout(network, Method.parse(method)).parts()) {
            Map<String, Object> layer = new LinkedHashMap<>();
            layer.put("name", part.name());
            layer.put("length", part.length());
            Optional<Method> used = part.method().map(method -> method.forDimension(part.length()));
            layer.put("method", used.map(Method::toString).orElse("absent"));
            OptionalDouble vnmse = used.map(Method::vnmse).orElse(OptionalDouble.of(0));
            layer.put("vnmse", vnmse.isPresent() ? vnmse.getAsDouble() : null);
            layer.put("bytes", used.map(method -> bytes(method, part.length())).orElse(0L));
            layers.add(layer);
        }
        return layers;
    }

    private static long bytes(Method method, int length) {
        UpdateBlocks blocks = UpdateBlocks.of(UpdateLayout.whole(length, method));
        return IntStream.range(0, blocks.blockCount())
            .mapToLong(block -> method.maxPayloadBytes(blocks.length(block)))
            .sum();
    }

    /** A training in progress and what it has sent so far. */
    private final class Learning {
        private final Task task;
        private final Events events;
        private long rounds;
        private long bytesUp;
        private long bytesDown;
        private long transportBytes;
        private long notContributed;
        private long learningNs;

        Learning(Task task, Events events) {
            this.task = task;
            this.events = events;
        }

        private void count(RoundResult result) {
            rounds++;
            bytesUp += result.bytesUp();
            bytesDown += result.bytesDown();
            transportBytes += result.transportBytes();
            notContributed += result.contributed() ? 0 : 1;
            events.emit(Events.named(Events.PROGRESS));
        }

        void run(EdenTraining eden) {
            int stride = Mode.valueOf(mode) == Mode.sharing ? 1 : task.plan.every();
            int stepsPerEpoch = task.stepsPerEpoch();
            PacedBatches batches = new PacedBatches(task.plan.batches(task.shard, index, modelSeed()),
                    eden.worker()::round, stride);
            int first = (int) (batches.steps() / stepsPerEpoch) + 1;
            events.emit(Events.named(STARTED).put("epoch", first));
            for (int epoch = first; epoch <= task.plan.epochs(); epoch++) {
                long begin = System.nanoTime();
                batches.passUntil((long) epoch * stepsPerEpoch);
                task.network.fit(batches);
                if (epoch == task.plan.epochs()) {
                    eden.exchangeRest();
                }
                learningNs += System.nanoTime() - begin;
                TestScore score = TestScore.of(task.network, task.test);
                events.emit(Events.named(EPOCH)
                    .put("epoch", epoch)
                    .put("images", score.images())
                    .put("right", score.right())
                    .put("totalLoss", score.totalLoss())
                    .put("hash", Long.toHexString(ParameterHash.of(task.network)))
                    .put("rounds", rounds)
                    .put("bytesUp", bytesUp)
                    .put("bytesDown", bytesDown)
                    .put("transportBytes", transportBytes)
                    .put("notContributed", notContributed)
                    .put("learningNs", learningNs));
            }
        }
    }
}
