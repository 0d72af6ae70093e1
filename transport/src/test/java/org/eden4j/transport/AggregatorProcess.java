package org.eden4j.transport;

import org.eden4j.compressor.Method;

/** An aggregator in a process of its own: prints {@code listening ADDRESS}. Arguments: address, workers, method. */
final class AggregatorProcess {
    private AggregatorProcess() {}

    public static void main(String[] args) {
        try (Aggregator aggregator = Aggregator
            .builder(JobAddress.parse(args[0]), Integer.parseInt(args[1]), Method.parse(args[2]))
            .start()) {
            System.out.println("listening " + aggregator.address());
            aggregator.awaitEnd();
            System.out.println("ended");
        }
    }
}
