package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.Shard;
import org.eden4j.transport.job.Standing;
import org.eden4j.transport.job.TransportException;

/**
 * An aggregator in its own process: prints {@code listening ADDRESS}, and then {@code whole R MEMBERS} whenever the
 * number of members whose whole update of the open round has arrived changes. Arguments: address, workers, method,
 * deadline in milliseconds, the MTU if it is not the default, the shard and the number of shards if there are several,
 * and the capacity if it is larger than the number of workers.
 */
final class AggregatorProcess {
    private static final String LISTENING = "listening ";
    private static final Duration LOOK = Duration.ofMillis(5);

    private AggregatorProcess() {}

    /** Reads the address at which such a process listens, its first line. */
    static JobAddress listening(ChildProcess aggregator) throws InterruptedException {
        String line = aggregator.line();
        assertTrue(line.startsWith(LISTENING), line);
        return JobAddress.parse(line.substring(LISTENING.length()));
    }

    public static void main(String[] args) {
        String[] methods = args[2].split("/"); // of updates, and of means unless that is the default
        AggregatorBuilder builder = Aggregator
            .builder(JobAddress.parse(args[0]), Integer.parseInt(args[1]), Method.parse(methods[0]))
            .deadline(Duration.ofMillis(Long.parseLong(args[3])));
        if (methods.length > 1) {
            builder.downlink(Method.parse(methods[1]));
        }
        if (args.length > 4) {
            builder.mtu(Integer.parseInt(args[4]));
        }
        if (args.length > 5) {
            builder.shard(Shard.parse(args[5]));
        }
        if (args.length > 6) {
            builder.capacity(Integer.parseInt(args[6]));
        }
        try (Aggregator aggregator = builder.start()) {
            System.out.println(LISTENING + aggregator.address());
            Standing shown = Standing.NONE;
            while (!aggregator.await(LOOK)) {
                Standing standing = aggregator.standing();
                if (!standing.equals(shown)) {
                    System.out.println("whole " + standing.round() + ' ' + standing.whole());
                    shown = standing;
                }
            }
            System.out.println("ended");
        } catch (TransportException e) {
            System.out.println("failed " + e.getMessage());
        }
    }
}
