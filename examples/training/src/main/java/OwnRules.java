import java.util.concurrent.atomic.AtomicReference;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateLayout.Part;
import org.eden4j.dl4j.EdenParallelTrainer;
import org.eden4j.dl4j.LayerRules;
import org.eden4j.dl4j.metrics.RoundMetrics;
import org.eden4j.dl4j.metrics.TrainingMetrics;

/** Layers with methods of their own, in a job whose first 20 rounds are uncompressed. */
final class OwnRules {
    private static final String RULES = "layer0/weights=drive;layer1/weights=job;layer2=float16;bias=none";
    private static final String METHOD = "none;eden:bits=2@20";

    private OwnRules() {}

    public static void main(String[] args) {
        MultiLayerNetwork net = Points.network();
        for (Part part : LayerRules.parse(RULES).layout(net, Method.parse(METHOD)).parts()) {
            System.out.printf("%-4s %5d  %s%n", part.name(), part.length(), part.method().orElseThrow());
        }
        AtomicReference<RoundMetrics> last = new AtomicReference<>();
        EdenParallelTrainer.builder(net)
            .workers(2)
            .method(METHOD)
            .downlink("none;eden:bits=4@20")
            .rules(RULES)
            .gradientSharing()
            .metrics(TrainingMetrics.builder().errorsEvery(1).to(last::set).build())
            .build()
            .fit(new ListDataSetIterator<>(Points.batches(200, 1), 1), 2);
        System.out.printf("accuracy %.3f, errors of the last update %s%n", Points.accuracy(net), last.get().errors());
        double oneBit = last.get().errors().get("0_W");
        double twoBits = last.get().errors().get("1_W");
        Points.require(oneBit > .3 && twoBits < .3 && twoBits > .05, "the error of each layer's own method");
    }
}
