package org.eden4j.simulator.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.eden4j.simulator.CliRun;
import org.eden4j.simulator.data.FashionMnist;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TaskCommandTest {
    /** 2,500 of 7,000, so that the test takes seconds. */
    private static final String IMAGES = "2500";

    private static List<JsonNode> run(String... arguments) {
        List<String> all = new ArrayList<>(List.of("task", "--format", "json", "--images", IMAGES));
        all.addAll(List.of(arguments));
        CliRun run = CliRun.of(all.toArray(String[]::new));
        assertEquals(0, run.exitCode(), run.err());
        return run.json();
    }

    private static JsonNode summary(List<JsonNode> rows, String method) {
        return rows.stream()
            .filter(row -> row.path("summary").asBoolean() && row.get("method").asText().equals(method))
            .findFirst()
            .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"kmeans", "power-iteration", "logistic"})
    void shouldImproveTheObjectiveAndCountTheBytes(String task) {
        List<JsonNode> rows = run(task, "--workers", "3", "--rounds", "4", "--method", "eden:bits=2");
        assertEquals(2 * 6, rows.size());
        JsonNode start = rows.getFirst();
        JsonNode exact = summary(rows, "none");
        JsonNode twoBits = summary(rows, "eden:bits=2");
        assertEquals(start.get("objective"), rows.get(6).get("objective"), "both begin alike");
        double sign = task.equals("power-iteration") ? -1 : 1;
        for (JsonNode end : List.of(exact, twoBits)) {
            assertTrue(sign * end.get("objective").asDouble() < sign * start.get("objective").asDouble(),
                    rows.toString());
        }
        long vector = exact.get("dimension").asLong() * Float.BYTES;
        long counts = task.equals("kmeans") ? 40 : 0;
        assertEquals(3 * 4 * (vector + counts), exact.get("bytesUp").asLong());
        assertEquals(exact.get("bytesUp"), exact.get("bytesDown"));
        assertTrue(twoBits.get("ratioTotal").asDouble() > 15, twoBits.toString());
    }

    @Tag("thorough")
    @ParameterizedTest
    @CsvSource({"kmeans, 20", "power-iteration, 12"})
    void shouldComeWithinOnePercentAtFourBits(String task, int rounds) {
        for (int seed = 1; seed <= 5; seed++) {
            JsonNode end = summary(
                    run(task, "--rounds", Integer.toString(rounds), "--seed", Integer.toString(seed)), "eden:bits=4");
            System.out.println(end);
            assertEquals(10, end.get("workers").asInt());
            assertEquals(1, end.get("relativeObjective").asDouble(), .01, end.toString());
            assertTrue(end.get("ratioTotal").asDouble() >= 7.5, end.toString());
        }
    }

    /**
     * With exact means this is Lloyd's algorithm: the objective never grows, and does not depend on the distribution of
     * the images.
     */
    @Test
    void shouldBeLloydsAlgorithmWithoutCompression() throws IOException {
        double last = Double.POSITIVE_INFINITY;
        for (JsonNode row : run("kmeans", "--rounds", "8", "--method", "none")) {
            if (!row.path("summary").asBoolean()) {
                assertTrue(row.get("objective").asDouble() <= last * (1 + 1e-6), row.toString());
                last = row.get("objective").asDouble();
            }
        }
        Shards two = Shards.of(FashionMnist.embedded().train().first(100), 2, 1);
        KMeans task = new KMeans(two, 1);
        float[] model = task.start();
        float[][] updates = new float[2][task.dimension()];
        float[] mean = new float[task.dimension()];
        float[] change = new float[task.dimension()];
        for (int worker = 0; worker < 2; worker++) {
            task.update(worker, model, updates[worker]);
        }
        for (int i = 0; i < mean.length; i++) {
            mean[i] = (updates[0][i] + updates[1][i]) / 2;
        }
        task.change(model, mean, change);
        double[] sums = new double[784];
        int count = 0;
        for (float[][] shard : two.pixels()) {
            for (float[] image : shard) {
                if (nearest(model, image) == 3) {
                    count++;
                    for (int p = 0; p < 784; p++) {
                        sums[p] += image[p];
                    }
                }
            }
        }
        for (int p = 0; p < 784; p++) {
            assertEquals(sums[p] / count, model[3 * 784 + p] + change[3 * 784 + p], 1e-4,
                    "pixel " + p + " of centre 3");
        }
    }

    private static int nearest(float[] model, float[] image) {
        int nearest = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int k = 0; k < 10; k++) {
            double distance = 0;
            for (int p = 0; p < 784; p++) {
                distance += Math.pow(image[p] - model[k * 784 + p], 2);
            }
            if (distance < least) {
                least = distance;
                nearest = k;
            }
        }
        return nearest;
    }

    /** Compares the gradient with differences of the objective, and the components with their known properties. */
    @Test
    void shouldGoDownTheGradientOfTheLoss() throws IOException {
        Shards one = Shards.of(FashionMnist.embedded().train().first(50), 1, 1);
        Logistic task = new Logistic(one);
        float[] model = task.start();
        assertEquals(Math.log(10), task.objective(model), 1e-6);
        float[] gradient = new float[task.dimension()];
        task.update(0, model, gradient);
        for (int i : new int[]{400, 2_000, 7_000, 7_841}) {
            float[] up = model.clone();
            float[] down = model.clone();
            up[i] += .01f;
            down[i] -= .01f;
            assertEquals((task.objective(up) - task.objective(down)) / .02, gradient[i], 1e-4, "coordinate " + i);
        }
    }

    @Test
    void shouldFollowTheSeedAlone() {
        String[] arguments = {"power-iteration", "--workers", "2", "--rounds", "2", "--seed", "7"};
        assertEquals(run(arguments), run(arguments));
    }

    @Test
    void shouldBeReadByTheReport(@TempDir Path directory) throws IOException {
        run("kmeans", "--workers", "2", "--rounds", "2", "--out", directory.toString());
        assertEquals(0, CliRun.of("report", "--in", directory.toString()).exitCode());
        assertTrue(Files.readString(directory.resolve("report.html")).contains("kmeans: objective"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tsp", "kmeans --rounds 0", "kmeans --workers 0", "kmeans --workers 100000",
            "kmeans --images -1"})
    void shouldExitWithTwoOnWrongUsage(String line) {
        List<String> all = new ArrayList<>(List.of("task"));
        all.addAll(List.of(line.split(" ")));
        assertEquals(2, CliRun.of(all.toArray(String[]::new)).exitCode());
    }
}
