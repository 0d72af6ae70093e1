package org.eden4j.spark;

import java.io.Serializable;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The state of an executor's process.
 *
 * @param pid of the process
 * @param threads of eden4j and of Aeron, without the clock that looks after members that pause, which is one for all of a JVM's life
 */
record ExecutorProbe(long pid, Set<String> threads) implements Serializable {
    static ExecutorProbe here() {
        Set<String> threads = new TreeSet<>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            String name = thread.getName();
            if (name.startsWith("eden4j-") && !name.equals("eden4j-attendance") || name.contains("aeron")) {
                threads.add(name);
            }
        }
        return new ExecutorProbe(ProcessHandle.current().pid(), threads);
    }

    /** Looks at the executors of a cluster, in a task for each of its slots: some may be seen twice, or not. */
    static List<ExecutorProbe> all(JavaSparkContext sc, int slots) {
        return sc.parallelize(IntStream.range(0, slots).boxed().toList(), slots).map(_ -> here()).distinct().collect();
    }
}
