package org.eden4j.transport.media;

import io.aeron.driver.ReceiveChannelEndpointSupplier;
import io.aeron.driver.ext.LossGenerator;
import io.aeron.driver.ext.RandomLossGenerator;
import java.util.SplittableRandom;

/**
 * A network that loses datagrams, for tests and simulations: every datagram that reaches a member is dropped with this
 * probability before its media driver looks at it, and so is every status message and every request for repetition that
 * the member sends in answer. With all members so set, both directions of a job lose.
 *
 * <p>Over UDP only: nothing is lost in shared memory.
 *
 * @param probability from 0 up to, and without, 1
 * @param seed of the draws; neighbouring seeds give unrelated draws
 */
public record InjectedLoss(double probability, long seed) {
    /** Nothing is lost but what the network loses. */
    public static final InjectedLoss NONE = new InjectedLoss(0, 0);

    public InjectedLoss {
        if (!(probability >= 0 && probability < 1)) {
            throw new IllegalArgumentException("the probability of a loss must be in [0, 1), got " + probability);
        }
    }

    /** Whether nothing is lost on purpose. */
    public boolean isNone() {
        return probability == 0;
    }

    /** Makes the receiving ends of a driver, each with draws of its own. */
    ReceiveChannelEndpointSupplier endpoints() {
        SplittableRandom seeds = new SplittableRandom(seed);
        return (channel, dispatcher, status, context) -> new LossyEndpoint(channel, dispatcher, status, context,
                generator(seeds), generator(seeds));
    }

    /** Aeron takes -1 as a wish for an unknown seed. */
    private LossGenerator generator(SplittableRandom seeds) {
        return new RandomLossGenerator(probability, seeds.nextLong() & Long.MAX_VALUE);
    }
}
