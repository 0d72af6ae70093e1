package org.eden4j.simulator.train;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.eden4j.simulator.output.Row;

/** The row of an epoch, from what each worker says of it. */
final class EpochRow {
    private EpochRow() {}

    /**
     * Sums up an epoch.
     *
     * @param channel how frames travel
     * @param workers the {@link TrainWorker#EPOCH} event of each
     */
    static Row of(String command, TrainSettings settings, String channel, Map<Integer, JsonNode> workers) {
        long images = sum(workers, "images");
        long rounds = sum(workers, "rounds");
        long parameters = settings.model().parameters();
        double coordinates = (double) rounds * parameters;
        double loss = workers.values().stream().mapToDouble(worker -> worker.path("totalLoss").asDouble()).sum();
        long longest = workers.values()
            .stream()
            .mapToLong(worker -> worker.path("learningNs").asLong())
            .max()
            .orElse(0);
        long hashes = workers.values().stream().map(worker -> worker.path("hash").asText()).distinct().count();
        return Row.of(command)
            .put("method", settings.job().method().text())
            .put("downlink", settings.job().downlink().text())
            .put("mode", settings.mode().name())
            .put("model", settings.model().toString())
            .put("channel", channel)
            .put("workers", settings.job().workers())
            .put("contributors", workers.size())
            .put("parameters", parameters)
            .put("epoch", workers.values().iterator().next().path("epoch").asInt())
            .put("rounds", rounds / workers.size())
            .put("loss", loss / images)
            .put("accuracy", (double) sum(workers, "right") / images)
            .put("testImages", images)
            .put("bytesUp", sum(workers, "bytesUp"))
            .put("bytesDown", sum(workers, "bytesDown"))
            .put("bytesUncompressed", rounds * parameters * Float.BYTES)
            .put("wireBitsUp", sum(workers, "bytesUp") * Byte.SIZE / coordinates)
            .put("wireBitsDown", sum(workers, "bytesDown") * Byte.SIZE / coordinates)
            .put("transportBytes", sum(workers, "transportBytes"))
            .put("notContributed", sum(workers, "notContributed"))
            .put("seconds", longest / 1e9)
            .put("replicasEqual", hashes == 1);
    }

    private static long sum(Map<Integer, JsonNode> workers, String field) {
        return workers.values().stream().mapToLong(worker -> worker.path(field).asLong()).sum();
    }
}
