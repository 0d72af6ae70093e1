package org.eden4j.spark;

import java.util.List;

/**
 * An exchange of a training, as the driver sees it.
 *
 * @param round from 0
 * @param contributors workers whose update was counted
 * @param bytesUp of their updates
 * @param bytesDown of the means that were sent, to all together
 */
public record RoundSummary(long round, List<Integer> contributors, long bytesUp, long bytesDown) {
    public RoundSummary {
        contributors = List.copyOf(contributors);
    }
}
