package org.eden4j.transport;

import java.nio.file.Path;
import org.eden4j.transport.media.MediaDriverHost;

/** A media driver in its own process: prints {@code driving}, and ends with its input. Arguments: workers, directory. */
final class DriverProcess {
    private DriverProcess() {}

    public static void main(String[] args) throws java.io.IOException {
        try (MediaDriverHost driver = MediaDriverHost.launch(Integer.parseInt(args[0]), Path.of(args[1]))) {
            System.out.println("driving " + driver.directory());
            while (System.in.read() >= 0) {
                // the input has no content
            }
        }
    }
}
