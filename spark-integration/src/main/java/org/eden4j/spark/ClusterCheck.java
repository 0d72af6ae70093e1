package org.eden4j.spark;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.apache.spark.SparkConf;

/** Checks, before any task runs, that a cluster can run a job between its tasks. Errors state the cure. */
final class ClusterCheck {
    private static final String OPENED = "java.base/jdk.internal.misc";
    private static final String LOOPBACK = "127.0.0.1";

    private ClusterCheck() {}

    /**
     * Spark runs each task once, and executors can be members.
     *
     * @param local whether tasks are threads of the driver
     * @throws IllegalStateException if not
     */
    static void members(SparkConf conf, boolean local) {
        if (conf.getBoolean("spark.speculation", false)) {
            throw new IllegalStateException("spark.speculation is on: Spark would run a second copy of a worker that"
                    + " waits for the others, and the two would push each other out of the job. Set"
                    + " spark.speculation=false, or call exchange(Exchange.SPARK), where copies do no harm");
        }
        String options = conf.get("spark.executor.defaultJavaOptions", "") + ' '
                + conf.get("spark.executor.extraJavaOptions", "");
        if (!local && !options.contains(OPENED)) {
            throw new IllegalStateException("executors lack a flag of the JVM that the transport needs: add "
                    + EdenSparkTrainer.EXECUTOR_FLAG + " to spark.executor.extraJavaOptions");
        }
    }

    /**
     * The host at which executors reach the driver.
     *
     * @param local whether tasks are threads of the driver
     * @param insecure whether a network may reach it
     * @throws IllegalStateException if that is open to a network and this was not allowed
     */
    static String driverHost(SparkConf conf, boolean local, boolean insecure) {
        String host = local ? LOOPBACK : conf.get("spark.driver.host");
        if (!insecure && !isLoopback(host)) {
            throw new IllegalStateException("workers reach the aggregator at the driver's address " + host
                    + ", and frames are neither encrypted nor authenticated: call insecure() where that network is"
                    + " trusted, or set spark.driver.host=" + LOOPBACK
                    + " where all executors run on the driver's host");
        }
        return host;
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("spark.driver.host=" + host + " has no address", e);
        }
    }
}
