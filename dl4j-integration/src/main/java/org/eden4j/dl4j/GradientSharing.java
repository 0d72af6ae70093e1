package org.eden4j.dl4j;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.eden4j.transport.job.RoundResult;

/**
 * Averages raw gradients before the updater. DL4J's raw gradient is the sum S_w over the n_w examples of a minibatch; its
 * updater divides by n_w first of all. So
 *
 * <pre>
 * S_w / n_w  with weight n_w  -->  m = sum(S_w) / sum(n_w)  -->  n_w m  in place of S_w
 * </pre>
 *
 * <p>leaves the updater with m, the gradient of the union of all batches; learning rates, momentum, Adam, clipping and
 * regularization then do what they would for that large batch. Coordinates that DL4J {@linkplain SumRanges does not
 * divide} (running statistics of batch normalization) are averaged as they are.
 */
final class GradientSharing extends EdenListener {
    private SumRanges sums;
    private NetworkReplica replica;

    GradientSharing(Exchange exchange) {
        super(exchange);
    }

    @Override
    void prepare(Model trained) {
        if (!trained.conf().isMiniBatch()) {
            throw new IllegalArgumentException("the network is built with miniBatch(false), its updater takes sums over"
                    + " batches: gradient sharing needs miniBatch(true), the default");
        }
        sums = SumRanges.of(trained);
        replica = new NetworkReplica(trained);
    }

    @Override
    void share(Exchange exchange, FlatArray parameters) {
        exchange.shareState(replica);
    }

    @Override
    public void onGradientCalculation(Model trained) {
        super.onGradientCalculation(trained);
        RoundResult result = average(trained);
        while (result.resynchronised()) {
            report(result);
            trained.computeGradientAndScore(LayerWorkspaceMgr.noWorkspaces());
            result = average(trained);
        }
        report(result);
    }

    private RoundResult average(Model trained) {
        FlatArray gradient = FlatArray.of("gradients", trained.getGradientsViewArray());
        int examples = trained.batchSize();
        for (int range = 0; range < sums.count(); range++) {
            float divisor = sums.summed(range) ? examples : 1;
            for (long i = sums.first(range); i < sums.end(range); i++) {
                float average = gradient.get(i) / divisor;
                if (!Float.isFinite(average)) {
                    throw diverged("gradient", i, average);
                }
                gradient.set(i, average);
            }
        }
        RoundResult result = exchange(gradient.floats(), examples, gradient.floats());
        if (result.resynchronised()) {
            return result;
        }
        for (int range = 0; range < sums.count(); range++) {
            float factor = sums.summed(range) ? examples : 1;
            for (long i = sums.first(range); i < sums.end(range); i++) {
                gradient.set(i, gradient.get(i) * factor);
            }
        }
        return result;
    }

    /** Every step was exchanged when it was taken. */
    @Override
    public void finish() {}
}
