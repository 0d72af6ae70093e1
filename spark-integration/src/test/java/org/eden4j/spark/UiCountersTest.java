package org.eden4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.awaitility.Awaitility;
import org.eden4j.simulator.model.ImageModel;
import org.eden4j.transport.job.DefaultMethods;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import scala.jdk.javaapi.CollectionConverters;

/** The numbers that Spark's user interface shows of a training, taken from the events that it is made of. */
class UiCountersTest {
    private static final class Shown extends SparkListener {
        final Map<String, Long> counters = new ConcurrentHashMap<>();
        final Set<String> descriptions = ConcurrentHashMap.newKeySet();

        @Override
        public void onJobStart(SparkListenerJobStart start) {
            descriptions.add(String.valueOf(start.properties().getProperty("spark.job.description")));
        }

        @Override
        public void onStageCompleted(SparkListenerStageCompleted completed) {
            for (AccumulableInfo info : CollectionConverters.asJava(completed.stageInfo().accumulables()).values()) {
                if (info.name().get().startsWith(UiCounters.PREFIX)) {
                    counters.merge(info.name().get(), (Long) info.value().get(), Math::max);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldShowBytesUpdatesAndMembersInTheUserInterface(Exchange exchange) {
        Pictures pictures = Pictures.of(ImageModel.MLP, 2, 4, 1, 3);
        try (JavaSparkContext sc = Clusters.local(2)) {
            Shown shown = new Shown();
            sc.sc().addSparkListener(shown);
            sc.setJobDescription("mine");
            List<RoundSummary> rounds = new CopyOnWriteArrayList<>();
            EdenSparkTrainer<?> trainer = EdenSparkTrainer.builder(sc, pictures.configuration())
                .workers(2)
                .averagingFrequency(2)
                .exchange(exchange)
                .onRound(rounds::add)
                .build();
            trainer.fit(pictures.data(sc));
            assertEquals("mine", sc.getLocalProperty("spark.job.description"));
            FitReport report = trainer.report().orElseThrow();
            assertEquals(2, report.rounds());
            Map<String, Long> expected = exchange == Exchange.SPARK
                    ? Map.of("eden4j updates", 4L, "eden4j bytes up", report.bytesUp())
                    : Map.of("eden4j updates", 4L, "eden4j members", 2L, "eden4j bytes up",
                            report.workerReports().stream().mapToLong(WorkerReport::bytesUp).sum(), "eden4j bytes down",
                            report.workerReports().stream().mapToLong(WorkerReport::bytesDown).sum());
            Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertEquals(expected, shown.counters));
            assertTrue(shown.descriptions.contains(exchange == Exchange.SPARK
                    ? "eden4j: round 1 of 2 workers, " + rounds.getFirst().bytesUp() + " bytes up and "
                            + rounds.getFirst().bytesDown() + " down before"
                    : "eden4j: 2 workers train, updates by eden:bits=4 and means by " + DefaultMethods.MEANS),
                    shown.descriptions.toString());
        }
    }
}
