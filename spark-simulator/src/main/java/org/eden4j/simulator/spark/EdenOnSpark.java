package org.eden4j.simulator.spark;

import java.io.PrintWriter;
import org.eden4j.simulator.Eden4j;
import org.eden4j.simulator.cli.StandardOutput;

/** The main class behind {@code ./eden spark}: the command line with one more command. */
public final class EdenOnSpark {
    private EdenOnSpark() {}

    public static void main(String[] arguments) {
        System.exit(Eden4j.run(arguments, StandardOutput.writer(), new PrintWriter(System.err, true),
                new SparkCommand()));
    }
}
