package org.eden4j.transport;

import java.time.Duration;
import org.eden4j.compressor.Method;

/**
 * An aggregator in a process of its own: prints {@code listening ADDRESS}, then {@code round R CONTRIBUTORS} a round.
 * Arguments: address, workers, method, deadline in milliseconds.
 */
final class AggregatorProcess {
    private AggregatorProcess() {}

    public static void main(String[] args) {
        try (Aggregator aggregator = Aggregator
            .builder(JobAddress.parse(args[0]), Integer.parseInt(args[1]), Method.parse(args[2]))
            .deadline(Duration.ofMillis(Long.parseLong(args[3])))
            .onRound(round -> System.out.println("round " + round.round() + ' ' + round.contributors()))
            .start()) {
            System.out.println("listening " + aggregator.address());
            aggregator.awaitEnd();
            System.out.println("ended");
        } catch (TransportException e) {
            System.out.println("failed " + e.getMessage());
        }
    }
}
