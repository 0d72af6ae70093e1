import java.util.List;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.compressor.Method;
import org.eden4j.dl4j.EdenTraining;
import org.eden4j.transport.local.LocalJob;
import org.nd4j.linalg.dataset.DataSet;

/** Three members that have points of one class each; together they learn all three. */
final class NonIidShares {
    private NonIidShares() {}

    public static void main(String[] args) throws Exception {
        LocalJob job = LocalJob.builder(Points.CLASSES, Method.parse("eden:bits=4")).build();
        List<Double> together = Threads.run(Points.CLASSES, member -> {
            MultiLayerNetwork net = Points.network();
            try (var eden = EdenTraining.builder(net).job(job).index(member).averagingFrequency(1).join()) {
                net.fit(share(member), 4);
            }
            return Points.accuracy(net);
        });
        MultiLayerNetwork alone = Points.network();
        alone.fit(share(0), 4);
        System.out.printf("accuracy together %.3f, one member alone %.3f%n", together.getFirst(),
                Points.accuracy(alone));
        Points.require(together.stream().distinct().count() == 1, "equal replicas");
        Points.require(together.getFirst() > .75, "an accuracy above .75");
    }

    private static ListDataSetIterator<DataSet> share(int member) {
        return new ListDataSetIterator<>(Points.batches(60, member, member), 1);
    }
}
