package org.eden4j.transport;

import java.nio.file.Path;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.media.MediaDriverHost;

/** Starts each kind of member and prints its failure. Runs in a JVM without the required flags. */
final class FlaglessProcess {
    private FlaglessProcess() {}

    public static void main(String[] args) {
        JobAddress address = JobAddress.parse("udp:127.0.0.1:0");
        Method method = Method.parse("eden:bits=4");
        say(() -> Aggregator.builder(address, 1, method).start().close());
        say(() -> Worker.builder(JobAddress.parse("udp:127.0.0.1:9"), 10, method).join().close());
        say(() -> MediaDriverHost.launch(1).close());
        say(() -> MediaDriverHost.launch(1, Path.of(args[0])).close());
    }

    private static void say(Runnable start) {
        try {
            start.run();
            System.out.println("started");
        } catch (TransportException e) {
            System.out.println(e.getMessage());
        } catch (Error e) {
            System.out.println(e);
        }
    }
}
