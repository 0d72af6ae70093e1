package org.eden4j.transport.media;

import io.aeron.driver.ReceiveChannelEndpointSupplier;
import io.aeron.driver.ext.LossGenerator;
import io.aeron.driver.ext.RandomLossGenerator;
import java.util.SplittableRandom;

/**
 * Simulates a network that loses datagrams, for tests and experiments: every datagram that reaches a member is dropped
 * with this probability before its media driver reads it, and so is every status message and retransmission request
 * that the member sends in answer. If all members are set so, both directions of a job lose datagrams.
 *
 * <p>UDP only: shared memory loses nothing.
 *
 * @param probability the probability of a loss, in [0, 1)
 * @param seed the seed of the draws; neighbouring seeds give independent draws
 */
public record InjectedLoss(double probability, long seed) {
    /** No injected loss. */
    public static final InjectedLoss NONE = new InjectedLoss(0, 0);

    public InjectedLoss {
        if (!(probability >= 0 && probability < 1)) {
            throw new IllegalArgumentException("the probability of a loss must be in [0, 1), got " + probability);
        }
    }

    /** Returns whether no loss is injected. */
    public boolean isNone() {
        return probability == 0;
    }

    /** Returns a supplier of a driver's receiving endpoints, each with its own draws. */
    ReceiveChannelEndpointSupplier endpoints() {
        SplittableRandom seeds = new SplittableRandom(seed);
        return (channel, dispatcher, status, context) -> new LossyEndpoint(channel, dispatcher, status, context,
                generator(seeds), generator(seeds));
    }

    /** Returns a generator whose seed is not -1, which Aeron takes for a random seed. */
    private LossGenerator generator(SplittableRandom seeds) {
        return new RandomLossGenerator(probability, seeds.nextLong() & Long.MAX_VALUE);
    }
}
