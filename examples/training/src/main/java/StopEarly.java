import java.util.List;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.termination.ScoreImprovementEpochTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.compressor.Method;
import org.eden4j.dl4j.EdenTraining;
import org.eden4j.transport.local.LocalJob;

/**
 * Deeplearning4j's early stopping in a job: replicas are equal at the end of an epoch, score the same points, and
 * therefore stop after the same epoch.
 */
final class StopEarly {
    private static final int MEMBERS = 2;

    private StopEarly() {}

    public static void main(String[] args) throws Exception {
        LocalJob job = LocalJob.builder(MEMBERS, Method.parse("eden:bits=4")).build();
        List<EarlyStoppingResult<MultiLayerNetwork>> results = Threads.run(MEMBERS, member -> {
            MultiLayerNetwork net = Points.network();
            var stopping = new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
                .scoreCalculator(new DataSetLossCalculator(new ListDataSetIterator<>(Points.batches(10, 99), 1), true))
                .epochTerminationConditions(new ScoreImprovementEpochTerminationCondition(1),
                        new MaxEpochsTerminationCondition(12))
                .modelSaver(new InMemoryModelSaver<>())
                .build();
            var share = new ListDataSetIterator<>(Points.batches(31, member), 1);
            try (var eden = EdenTraining.builder(net)
                .job(job)
                .index(member)
                .averagingFrequency(5)
                .averageAtEpochEnd(true)
                .join()) {
                return new EarlyStoppingTrainer(stopping, net, share).fit();
            }
        });
        EarlyStoppingResult<MultiLayerNetwork> first = results.getFirst();
        System.out.printf("%d epochs, the best after %d: loss %.4f%n", first.getTotalEpochs(),
                first.getBestModelEpoch(),
                first.getBestModelScore());
        for (var result : results) {
            Points.require(result.getBestModelEpoch() == first.getBestModelEpoch()
                    && result.getBestModelScore() == first.getBestModelScore(), "the same best model of all members");
            Points.require(result.getBestModel().params().equals(first.getBestModel().params()), "equal replicas");
        }
    }
}
