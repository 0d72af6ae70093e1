package org.eden4j.simulator.train;

import java.util.List;
import java.util.concurrent.Callable;
import org.eden4j.simulator.cli.CommonOptions;
import org.eden4j.simulator.cli.Progress;
import org.eden4j.simulator.output.Results;
import org.eden4j.simulator.output.Row;
import org.eden4j.simulator.process.JobOptions;
import org.eden4j.simulator.process.JobSettings;
import org.eden4j.simulator.process.MethodOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code eden train}: one training run in several processes. */
@Command(name = "train", description = "Worker processes train a Deeplearning4j model together over Aeron.", footer = {
        "",
        "Each worker trains on its share of the images. accuracy and loss are those of the test images after the "
                + "epoch. Bytes (of whole frames) and seconds (without scoring) are counted from the start, over all "
                + "workers.",
        "replicasEqual: all worker processes report the same hash of their parameters. With averaging this holds "
                + "after exchanges, that is, in the last line and after epochs that end with an exchange.",
        "",
        "Example:",
        "  ./eden train --method drive --workers 4 --model lenet --epochs 2"})
public final class TrainCommand implements Callable<Integer> {
    static final List<String> COLUMNS = List.of("command", "method", "downlink", "mode", "model", "channel", "workers",
            "contributors", "parameters", "epoch", "summary", "rounds", "loss", "accuracy", "testImages", "bytesUp",
            "bytesDown", "bytesUncompressed", "wireBitsUp", "wireBitsDown", "transportBytes", "notContributed",
            "seconds",
            "replicasEqual", "late", "duplicate", "rejected");
    private static final List<String> TEXT_COLUMNS = List.of("epoch", "loss", "accuracy", "bytesUp", "bytesDown",
            "bytesUncompressed", "wireBitsUp", "wireBitsDown", "seconds", "replicasEqual");

    @Mixin
    private CommonOptions common;

    @Mixin
    private JobOptions job;

    @Mixin
    private MethodOptions methods;

    @Mixin
    private TrainOptions train;

    @Override
    public Integer call() throws InterruptedException {
        if (train.inProcess) {
            train.rejectProcessOptions("leave out --in-process");
        }
        JobSettings asked = job.settings(methods.method(), methods.downlink(), common.seed(), TrainOptions.DEADLINE);
        TrainSettings settings = train.settings(asked);
        if (train.inProcess) {
            return callInProcess(settings);
        }
        try (Results results = common.results(COLUMNS, TEXT_COLUMNS);
                TrainRun run = new TrainRun("train", settings)) {
            results.note(run.processes(), run.processesSentence());
            try (Progress progress = common.progress("train", run.connect())) {
                Row summary = run.train(results::add, () -> progress.step(1));
                results.detail(summary);
            }
        }
        return 0;
    }

    private int callInProcess(TrainSettings settings) throws InterruptedException {
        try (Results results = common.results(COLUMNS, TEXT_COLUMNS);
                Progress progress = common.progress("train", Progress.UNKNOWN)) {
            results.detail(
                    new InProcessRun("train", settings, results::add, () -> progress.step(1)).train());
        }
        return 0;
    }
}
