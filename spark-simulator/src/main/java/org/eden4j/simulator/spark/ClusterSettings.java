package org.eden4j.simulator.spark;

import java.io.File;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;
import org.eden4j.spark.EdenSparkTrainer;

/** The settings of Spark for {@code eden spark}, whose driver is this process and whose executors need this program's jars. */
final class ClusterSettings {
    private static final String LOOPBACK = "127.0.0.1";
    private static final Pattern ON_THIS_HOST = Pattern.compile("local.*|spark://(127\\.0\\.0\\.1|localhost):.*");

    private ClusterSettings() {}

    /**
     * Returns the settings for a master. A driver that is reached from this host only listens on the loopback interface.
     * Executors started by the driver find the jars in its own directories; a cluster's executors fetch them.
     *
     * @param given settings that replace those chosen here
     */
    static SparkConf of(String master, Map<String, String> given) {
        SparkConf conf = new SparkConf().setAppName("eden4j")
            .setMaster(master)
            .set("spark.executor.extraJavaOptions", EdenSparkTrainer.EXECUTOR_FLAG)
            .set("spark.executorEnv.OMP_NUM_THREADS", "1")
            .set("spark.executorEnv.OPENBLAS_NUM_THREADS", "1")
            .set("spark.ui.enabled", "false")
            .set("spark.ui.showConsoleProgress", "false");
        if (ON_THIS_HOST.matcher(master).matches()) {
            conf.set("spark.driver.host", LOOPBACK).set("spark.driver.bindAddress", LOOPBACK);
        }
        String jars = ownJars(System.getProperty("java.class.path"), System.getenv().getOrDefault("SPARK_HOME", ""));
        if (master.startsWith("local-cluster")) {
            conf.set("spark.executor.extraClassPath", jars)
                .set("spark.executorEnv.JAVA_HOME", System.getProperty("java.home"));
        } else if (!master.startsWith("local")) {
            conf.set("spark.jars", jars.replace(File.pathSeparatorChar, ','));
        }
        given.forEach(conf::set);
        return conf;
    }

    /** Returns the elements of a class path without the jars of Spark, which executors have. */
    static String ownJars(String classPath, String sparkHome) {
        String spark = sparkHome + File.separator + "jars" + File.separator;
        return Pattern.compile(Pattern.quote(File.pathSeparator))
            .splitAsStream(classPath)
            .filter(jar -> !jar.startsWith(spark))
            .collect(Collectors.joining(File.pathSeparator));
    }
}
