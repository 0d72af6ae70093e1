package org.eden4j.simulator.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.eden4j.simulator.Eden4j;
import org.eden4j.simulator.output.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class SparkCommandTest {
    private record Run(int exitCode, String out, String err) {
        static Run of(String line) {
            StringWriter out = new StringWriter();
            StringWriter err = new StringWriter();
            int exitCode = Eden4j.run(line.split(" "), new PrintWriter(out), new PrintWriter(err), new SparkCommand());
            return new Run(exitCode, out.toString(), err.toString());
        }
    }

    @Test
    void shouldShowAnExampleInItsHelp() {
        Run run = Run.of("spark --help");
        assertEquals(0, run.exitCode());
        assertTrue(run.out().contains("Example:") && run.out().contains("./eden spark --master"), run.out());
        for (String paragraph : new CommandLine(new SparkCommand()).getCommandSpec().usageMessage().footer()) {
            assertTrue(paragraph.isEmpty() || paragraph.startsWith("  ./eden ") || paragraph.matches(".*[.:]"),
                    paragraph);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--workers 0", "--depth 0", "--epochs -1", "--every -1", "--method eden:bits=9",
            "--model none", "--rules layer0", "--exchange spark --mode sharing", "--exchange spark --error-feedback",
            "--deadline 0", "--exchange both", "--checkpoint-every 2", "--checkpoint here --checkpoint-every 0"})
    void shouldExitWithTwoOnWrongUsage(String options) {
        Run run = Run.of("spark " + options);
        assertEquals(2, run.exitCode(), run.err());
        assertEquals("", run.out());
        assertTrue(run.err().startsWith("eden spark: ") && run.err().lines().count() <= 2, run.err());
    }

    /** 4000 images are 40 batches of 25 for each of four workers, exchanged after every ten of them. */
    @ParameterizedTest
    @EnumSource(SparkCommand.Way.class)
    void shouldTrainByBothExchanges(SparkCommand.Way exchange) {
        Run run = Run.of("spark --master local[4] --model mlp --quick --epochs 2 --format json --exchange " + exchange);
        assertEquals(0, run.exitCode(), run.err());
        assertEquals(1, run.out().lines().count(), run.out());
        JsonNode row = Json.parse(run.out());
        assertEquals("spark", row.get("command").asText());
        assertEquals(exchange.name(), row.get("exchange").asText());
        assertEquals(8, row.get("rounds").asInt(), run.out());
        assertEquals(8 * 4 * 25_450 * 4, row.get("bytesUncompressed").asLong());
        assertTrue(row.get("replicasEqual").asBoolean(), run.out());
        // guessing scores .1; eight rounds reach .6 or more
        assertTrue(row.get("accuracy").asDouble() > .4, run.out());
        assertEquals(4, row.get("wireBitsUp").asDouble(), .5, "small parts are sent uncompressed: " + run.out());
        assertEquals(0, row.get("retriedTasks").asInt());
    }

    /** A driver that finds the network of an ended training scores it, without a round. */
    @ParameterizedTest
    @EnumSource(SparkCommand.Way.class)
    void shouldGoOnFromACheckpoint(SparkCommand.Way exchange, @TempDir Path directory) {
        String line = "spark --master local[2] --workers 2 --model mlp --quick --epochs 1 --format json --exchange "
                + exchange
                + " --checkpoint " + directory;
        Run first = Run.of(line);
        assertEquals(0, first.exitCode(), first.err());
        Run second = Run.of(line);
        assertEquals(0, second.exitCode(), second.err());
        JsonNode trained = Json.parse(first.out());
        JsonNode scored = Json.parse(second.out());
        assertEquals(8, trained.get("rounds").asInt(), first.out());
        assertEquals(0, scored.get("rounds").asInt(), second.out());
        assertEquals(trained.get("accuracy").asDouble(), scored.get("accuracy").asDouble());
    }

    @Test
    void shouldFailInOneLineWhereTheClusterCannotBeReached() {
        Run run = Run.of("spark --master neverland");
        assertEquals(1, run.exitCode());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().contains("neverland"), run.err());
    }

    @Test
    void shouldListenOnTheLoopbackInterfaceForThisHostOnly() {
        for (String master : new String[]{"local[2]", "local-cluster[2,2,1024]", "spark://127.0.0.1:7077"}) {
            assertEquals("127.0.0.1", ClusterSettings.of(master, Map.of()).get("spark.driver.host"), master);
        }
        SparkConf cluster = ClusterSettings.of("spark://192.0.2.1:7077", Map.of("spark.executor.memory", "3g"));
        assertTrue(!cluster.contains("spark.driver.host"));
        assertEquals("3g", cluster.get("spark.executor.memory"));
    }

    @Test
    void shouldSendExecutorsTheJarsThatAClusterLacks() {
        String classPath = String.join(File.pathSeparator, "/eden/target/eden4j-spark.jar", "/eden/target/lib/a.jar",
                "/spark/jars/spark-core.jar");
        assertEquals("/eden/target/eden4j-spark.jar" + File.pathSeparator + "/eden/target/lib/a.jar",
                ClusterSettings.ownJars(classPath, "/spark"));
    }
}
