package org.eden4j.spark;

import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** Spark in this JVM, and with executors in processes of their own. */
final class Clusters {
    private static final String FLAG = "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED";

    private Clusters() {}

    /** Tasks are threads of this JVM. */
    static JavaSparkContext local(int slots) {
        return new JavaSparkContext(configuration("local[" + slots + "]"));
    }

    /** Executors are processes of two slots each. */
    static JavaSparkContext processes(int executors) {
        return new JavaSparkContext(processConfiguration(executors));
    }

    static SparkConf processConfiguration(int executors) {
        return executors(configuration("local-cluster[" + executors + ",2,1024]"));
    }

    /** Executors that are processes have the class path of the tests. */
    static SparkConf executors(SparkConf conf) {
        return conf.set("spark.executor.memory", "1g")
            .set("spark.executor.extraClassPath", classPath())
            .set("spark.executor.extraJavaOptions", FLAG)
            .set("spark.executorEnv.JAVA_HOME", System.getProperty("java.home"));
    }

    static SparkConf configuration(String master) {
        return new SparkConf().setAppName("eden4j")
            .setMaster(master)
            .set("spark.ui.enabled", "false")
            .set("spark.sql.warehouse.dir", Path.of("target", "spark-warehouse").toAbsolutePath().toString())
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.driver.bindAddress", "127.0.0.1");
    }

    static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }
}
