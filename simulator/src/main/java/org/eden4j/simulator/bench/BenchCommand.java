package org.eden4j.simulator.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.Method;
import org.eden4j.simulator.cli.CommonOptions;
import org.eden4j.simulator.cli.GivenMethod;
import org.eden4j.simulator.cli.Progress;
import org.eden4j.simulator.output.Json;
import org.eden4j.simulator.output.Results;
import org.eden4j.simulator.output.Row;
import org.eden4j.simulator.process.ChildJvm;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code eden bench}: compares the speed of encoding and decoding with an array copy, over several JVMs. */
@Command(name = "bench", description = "Measures the time to encode and decode a coordinate, and an array copy in the same JVM.", footer = {
        "",
        "Each combination runs in --forks separate JVMs, since compilation varies between runs. The best "
                + "repetition of each JVM counts. nsPerCoordinate is the median over the JVMs; the best and the worst are "
                + "shown as well. A dimension of 65536 fits the cache, one of 16777216 does not.",
        "",
        "Example:",
        "  ./eden bench --method eden:bits=1 --method eden:bits=4 --dimension 65536,16777216 --forks 5"})
public final class BenchCommand implements Callable<Integer> {
    private static final List<String> COLUMNS = List.of("command", "what", "method", "dimension", "blockSize",
            "threads",
            "simd", "nsPerCoordinate", "copyNsPerCoordinate", "ratioToCopy", "forks", "bestNsPerCoordinate",
            "worstNsPerCoordinate", "worstRatioToCopy", "processorNsPerCoordinate", "allocatedBytesPerBlock");
    private static final List<String> TEXT_COLUMNS = List.of("what", "method", "dimension", "threads", "simd",
            "bestNsPerCoordinate", "nsPerCoordinate", "worstNsPerCoordinate", "copyNsPerCoordinate", "ratioToCopy",
            "worstRatioToCopy", "allocatedBytesPerBlock");

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Option(names = "--method", paramLabel = "M", defaultValue = "eden:bits=4", converter = GivenMethod.Converter.class, description = "A method; may be repeated (default ${DEFAULT-VALUE}).")
    private List<GivenMethod> methods;

    @Option(names = "--dimension", paramLabel = "D", split = ",", defaultValue = "65536,16777216", description = "Number of coordinates; one or more values, separated by commas (default ${DEFAULT-VALUE}).")
    private List<Integer> dimensions;

    @Option(names = "--block-size", paramLabel = "B", defaultValue = ""
            + BlockLayout.DEFAULT_BLOCK, description = "Coordinates per block (default ${DEFAULT-VALUE}).")
    private int blockSize;

    @Option(names = "--threads", paramLabel = "T", defaultValue = "1", description = "Number of threads that encode and decode (default ${DEFAULT-VALUE}).")
    private int threads;

    @Option(names = "--forks", paramLabel = "F", defaultValue = "3", description = "Number of JVMs per combination (default ${DEFAULT-VALUE}).")
    private int forks;

    @Override
    public Integer call() throws InterruptedException {
        List<BenchSettings> runs = runs();
        try (Results results = common.results(COLUMNS, TEXT_COLUMNS);
                Progress progress = common.progress("bench", (long) runs.size() * forks)) {
            for (BenchSettings run : runs) {
                List<BenchResult> measured = new ArrayList<>();
                for (int fork = 0; fork < forks; fork++) {
                    progress.message(run.method() + " d=" + run.dimension());
                    measured.add(fork(run));
                    progress.step(1);
                }
                results.add(row("encode", run, measured, BenchResult::encode, BenchResult::encodeProcessor,
                        BenchResult::encodeAllocated));
                results.add(row("decode", run, measured, BenchResult::decode, BenchResult::decodeProcessor,
                        BenchResult::decodeAllocated));
            }
        }
        return 0;
    }

    /** Returns all combinations; an invalid one is wrong usage. */
    private List<BenchSettings> runs() {
        try {
            if (forks < 1) {
                throw new IllegalArgumentException("--forks must be at least 1, got " + forks);
            }
            if (threads < 1) {
                throw new IllegalArgumentException("--threads must be at least 1, got " + threads);
            }
            List<BenchSettings> runs = new ArrayList<>();
            for (GivenMethod given : methods) {
                for (int dimension : dimensions) {
                    Method method = given.method();
                    BlockLayout.of(method, dimension, blockSize);
                    runs.add(new BenchSettings(given.text(), dimension, blockSize, threads, common.seed()));
                }
            }
            return runs;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private static BenchResult fork(BenchSettings settings) throws InterruptedException {
        List<String> command = new ArrayList<>(ChildJvm.base());
        command.add(BenchFork.class.getName());
        command.add(Json.write(settings));
        try {
            Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = process.waitFor();
            if (exit != 0) {
                throw new IllegalStateException("a JVM that measured " + settings.method() + " at d = "
                        + settings.dimension() + " ended with " + exit
                        + ": it needs " + (12L * settings.dimension() >> 20) + " MB");
            }
            return Json.read(printed.strip(), BenchResult.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Row row(String what, BenchSettings run, List<BenchResult> forks, ToDoubleFunction<BenchResult> time,
            ToDoubleFunction<BenchResult> processor, ToDoubleFunction<BenchResult> allocated) {
        return Row.of("bench")
            .put("what", what)
            .put("method", run.method())
            .put("dimension", run.dimension())
            .put("blockSize", run.blockSize())
            .put("threads", run.threads())
            .put("simd", forks.getFirst().simd())
            .put("nsPerCoordinate", median(forks, time))
            .put("copyNsPerCoordinate", median(forks, BenchResult::copy))
            .put("ratioToCopy", median(forks, fork -> time.applyAsDouble(fork) / fork.copy()))
            .put("forks", forks.size())
            .put("bestNsPerCoordinate", forks.stream().mapToDouble(time).min().orElseThrow())
            .put("worstNsPerCoordinate", forks.stream().mapToDouble(time).max().orElseThrow())
            .put("worstRatioToCopy",
                    forks.stream().mapToDouble(fork -> time.applyAsDouble(fork) / fork.copy()).max().orElseThrow())
            .put("processorNsPerCoordinate", median(forks, processor))
            .put("allocatedBytesPerBlock", forks.stream().mapToDouble(allocated).max().orElseThrow());
    }

    private static double median(List<BenchResult> forks, ToDoubleFunction<BenchResult> value) {
        double[] sorted = forks.stream().mapToDouble(value).sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
