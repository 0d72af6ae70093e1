package org.eden4j.dl4j;

import org.deeplearning4j.nn.api.Model;
import org.eden4j.transport.job.RoundResult;

/**
 * Averages raw gradients before the updater. DL4J's raw gradient is the sum S_w over the n_w examples of a minibatch,
 * which the updater divides by n_w before anything else. So
 *
 * <pre>
 * S_w / n_w  with weight n_w  -->  m = sum(S_w) / sum(n_w)  -->  n_w m  in place of S_w
 * </pre>
 *
 * <p>gives the updater m, the gradient of the union of all batches; learning rates, momentum, Adam, clipping,
 * regularization and constraints then act as they would on that large batch. Coordinates that DL4J
 * {@linkplain SumRanges does not divide} (running statistics of batch normalization) are averaged undivided.
 */
final class GradientSharing extends EdenListener {
    private SumRanges sums;

    GradientSharing(Exchange exchange) {
        super(exchange);
    }

    @Override
    void prepare(TrainedNetwork joining) {
        NetworkCheck.gradients(joining);
        sums = SumRanges.of(joining);
    }

    @Override
    void share(Exchange exchange, TrainedNetwork joining) {
        exchange.shareState(NetworkReplica.whole(joining));
    }

    @Override
    void gradientComputed(Model trained) {
        RoundResult result = average(trained);
        while (result.resynchronised()) {
            report(result);
            computeAgain();
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
        RoundResult result = exchange(gradient.floats(), isFollowing() ? 0 : examples, gradient.floats());
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

    /** Does nothing: every step has been exchanged. */
    @Override
    void exchangeRest() {}

    @Override
    boolean owes() {
        return false;
    }
}
