import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.compressor.UpdateLayout.Kind;
import org.eden4j.dl4j.EdenParallelTrainer;
import org.eden4j.dl4j.LayerRules;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Transfer learning: the first layer is frozen, so it is neither sent nor changed, to the last bit. */
final class FrozenLayers {
    private FrozenLayers() {}

    public static void main(String[] args) {
        MultiLayerNetwork learnt = Points.network();
        learnt.fit(new ListDataSetIterator<>(Points.batches(100, 1), 1), 2);
        MultiLayerNetwork net = new TransferLearning.Builder(learnt).setFeatureExtractor(0).build();
        INDArray frozen = net.getParam("0_W").dup();
        INDArray free = net.getParam("1_W").dup();
        EdenParallelTrainer.builder(net)
            .workers(2)
            .method("drive")
            .averagingFrequency(5)
            .build()
            .fit(new ListDataSetIterator<>(Points.batches(100, 2), 1), 2);
        UpdateLayout layout = LayerRules.standard().layout(net, Method.parse("drive"));
        System.out.printf("%d of %d parameters travel, accuracy %.3f%n",
                layout.dimension() - layout.coordinates(Kind.ABSENT), layout.dimension(), Points.accuracy(net));
        Points.require(frozen.equals(net.getParam("0_W")), "that the frozen layer stays as it was");
        Points.require(!free.equals(net.getParam("1_W")), "that the others learn");
    }
}
