import java.util.concurrent.atomic.AtomicReference;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.dl4j.EdenParallelTrainer;
import org.eden4j.dl4j.metrics.RoundMetrics;
import org.eden4j.dl4j.metrics.TrainingMetrics;

/** Four replicas of a network in one JVM: no address, no second program. */
final class OneJvm {
    private OneJvm() {}

    public static void main(String[] args) {
        MultiLayerNetwork net = Points.network();
        AtomicReference<RoundMetrics> last = new AtomicReference<>();
        EdenParallelTrainer.builder(net)
            .workers(4)
            .method("eden:bits=4")
            .gradientSharing()
            .metrics(TrainingMetrics.builder().to(last::set).build())
            .build()
            .fit(new ListDataSetIterator<>(Points.batches(200, 1), 1), 3);
        double accuracy = Points.accuracy(net);
        System.out.printf("accuracy %.3f, %.1f times fewer bytes than float32%n", accuracy, last.get().total().ratio());
        Points.require(accuracy > .85, "an accuracy above .85");
    }
}
