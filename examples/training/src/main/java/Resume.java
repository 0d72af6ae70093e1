import java.io.File;
import java.util.List;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.eden4j.compressor.Method;
import org.eden4j.dl4j.EdenTraining;
import org.eden4j.transport.local.LocalJob;

/**
 * A job ends after an epoch and its network is saved; another job continues from the file: parameters, Adam's moments,
 * counters.
 */
final class Resume {
    private static final int MEMBERS = 2;
    private static final int BATCHES = 60;

    private Resume() {}

    public static void main(String[] args) throws Exception {
        File file = File.createTempFile("network", ".zip");
        file.deleteOnExit();
        double first = train(null, file).getFirst();
        List<Double> second = train(file, file);
        int steps = ModelSerializer.restoreMultiLayerNetwork(file).getIterationCount();
        System.out.printf("accuracy %.3f, and %.3f after %d steps in all%n", first, second.getFirst(), steps);
        Points.require(steps == 2 * BATCHES, "that steps go on to be counted");
        Points.require(second.getFirst() >= first - .02, "that nothing is forgotten");
    }

    /** Trains for one epoch and returns the accuracy of each member. */
    private static List<Double> train(File from, File to) throws Exception {
        LocalJob job = LocalJob.builder(MEMBERS, Method.parse("eden:bits=4")).build();
        return Threads.run(MEMBERS, member -> {
            MultiLayerNetwork net = Points.network();
            var terms = EdenTraining.builder(net).job(job).index(member).averagingFrequency(5);
            if (from != null) {
                terms.resumeFrom(from);
            }
            try (var eden = terms.join()) {
                net.fit(new ListDataSetIterator<>(Points.batches(BATCHES, member), 1), 1);
            }
            if (member == 0) {
                ModelSerializer.writeModel(net, to, true);
            }
            return Points.accuracy(net);
        });
    }
}
