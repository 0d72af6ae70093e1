package org.eden4j.simulator.sweep;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.Method;
import org.eden4j.simulator.cli.CommonOptions;
import org.eden4j.simulator.cli.Progress;
import org.eden4j.simulator.cli.TextConverter;
import org.eden4j.simulator.figures.ReportPage;
import org.eden4j.simulator.input.Draws;
import org.eden4j.simulator.input.Input;
import org.eden4j.simulator.input.Vectors;
import org.eden4j.simulator.output.EarlierResults;
import org.eden4j.simulator.output.Results;
import org.eden4j.simulator.output.Row;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code eden sweep}: measures bits against error in this process, for every method x dimension x number of workers.
 */
@Command(name = "sweep", description = "Measures bits against error for all combinations, in this process.", footer = {
        "",
        "Inputs: lognormal, normal, student-t:3, gradients, sparse:2,1, geometric:0.5, constant, spike:0.1, "
                + "file:PATH.",
        "wireBits is the mean number of bits per coordinate sent, blockBits that of the largest block. vnmse is "
                + "the error of one worker's vector, nmse that of the mean. squaredBias requires a fixed input. With error "
                + "feedback and a fixed input, averageNmse is the error of the mean over the trials of one of 32 groups.",
        "vnmseP50, vnmseP90, vnmseP99 and vnmseMax are quantiles over trials. expectedVnmse is the formula of the "
                + "library, Method.expectedError, for each block weighted by its length; it is absent if a method's error "
                + "depends on the input.",
        "All numbers except times depend only on the seed. Times are those of compiled code and are absent if "
                + "there are too few trials; see bench.",
        "",
        "Example:",
        "  ./eden sweep --method eden:bits=1 --method eden:bits=4 --dimension 1024,65536 --workers 1,16",
        "  ./eden sweep --preset quick --out results/quick"})
public final class SweepCommand implements Callable<Integer> {
    private static final List<String> COLUMNS = List.of("command", "method", "dimension", "blockSize", "workers",
            "input",
            "vectors", "loss", "trials", "vnmse", "vnmseStdErr", "nmse", "nmseStdErr", "squaredBias",
            "squaredBiasStdErr", "wireBits", "encodeNsPerCoordinate", "decodeNsPerCoordinate", "averageNmse",
            "expectedVnmse", "blockBits", "vnmseP50", "vnmseP90", "vnmseP99", "vnmseMax", "figure");
    private static final List<String> TEXT_COLUMNS = List.of("method", "dimension", "workers", "trials", "wireBits",
            "vnmse",
            "vnmseStdErr", "expectedVnmse", "nmse", "squaredBias", "squaredBiasStdErr", "encodeNsPerCoordinate",
            "decodeNsPerCoordinate");

    /** Options that a preset sets. */
    private static final List<String> REPLACED = List.of("--method", "--dimension", "--workers", "--trials", "--input",
            "--fixed-input", "--vectors", "--block-size", "--loss", "--error-feedback");

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Option(names = "--method", paramLabel = "M", defaultValue = "eden:bits=4", converter = SweepMethods.Converter.class, description = "A method; may be repeated. 'A + B' assigns A and B to workers in turn (default ${DEFAULT-VALUE}).")
    private List<SweepMethods> methods;

    @Option(names = "--dimension", paramLabel = "D", split = ",", defaultValue = "1024", description = "Number of coordinates; one or more values, separated by commas (default ${DEFAULT-VALUE}).")
    private List<Integer> dimensions;

    @Option(names = "--workers", paramLabel = "N", split = ",", defaultValue = "1", description = "Number of workers; one or more values, separated by commas (default ${DEFAULT-VALUE}).")
    private List<Integer> workers;

    @Option(names = "--trials", paramLabel = "T", defaultValue = "1000", description = "Number of trials per combination (default ${DEFAULT-VALUE}).")
    private int trials;

    @Option(names = "--input", paramLabel = "I", defaultValue = "lognormal", converter = Input.Converter.class, description = "Distribution of the vectors (default ${DEFAULT-VALUE}).")
    private Input input;

    @Option(names = "--fixed-input", description = "Draw the vectors once for all trials; only seeds vary.")
    private boolean fixedInput;

    @Option(names = "--vectors", paramLabel = "V", defaultValue = "independent", converter = Vectors.Converter.class, description = "Relation between the vectors: same, independent or correlated:RHO (default ${DEFAULT-VALUE}).")
    private Vectors vectors;

    @Option(names = "--block-size", paramLabel = "B", defaultValue = ""
            + BlockLayout.DEFAULT_BLOCK, converter = BlockSizeConverter.class, description = "Coordinates per block, or 'full' for a single block (default ${DEFAULT-VALUE}).")
    private int blockSize;

    @Option(names = "--loss", paramLabel = "P", defaultValue = "0", description = "Probability that a block of a worker is lost; affects nmse (default ${DEFAULT-VALUE}).")
    private double loss;

    @Option(names = "--error-feedback", description = "Use error feedback: each worker adds what it did not send to its next trial; see averageNmse.")
    private boolean errorFeedback;

    @Option(names = "--threads", paramLabel = "T", defaultValue = "0", description = "Number of threads that run trials; 0 for one per processor (default ${DEFAULT-VALUE}).")
    private int threads;

    @Option(names = "--preset", paramLabel = "P", converter = PresetConverter.class, description = "paper or quick: the standard figures of all methods, with a page of charts; replaces the options above except --threads.")
    private Preset preset;

    @Option(names = "--resume", description = "Continue where the same command was interrupted; requires --out.")
    private boolean resume;

    @Override
    public Integer call() throws InterruptedException {
        List<Cell> cells = preset == null ? cells() : presetCells();
        List<Row> earlier = resume ? earlier(cells) : List.of();
        List<Cell> rest = cells.subList(earlier.size(), cells.size());
        long steps = rest.stream().mapToLong(Cell::trials).sum();
        int count = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        boolean timed = true;
        try (Results results = common.results(COLUMNS, TEXT_COLUMNS, directory(), earlier);
                Progress progress = common.progress("sweep", steps);
                ExecutorService executor = Executors.newFixedThreadPool(count)) {
            try {
                Set<Method> warm = new HashSet<>();
                for (Cell cell : rest) {
                    if (warm.addAll(cell.given().inTurn())) {
                        CellRun.warmUp(cell);
                    }
                    progress.message(cell.given() + " d=" + cell.dimension() + " n=" + cell.workers());
                    Row row = CellRun.run(cell, executor, progress);
                    timed &= row.get("encodeNsPerCoordinate") != null;
                    results.add(row);
                }
                if (preset != null) {
                    Path page = directory().resolve("report.html");
                    ReportPage.write(directory(), page);
                    results.text("\n" + page.toAbsolutePath() + "\n");
                } else if (!timed) {
                    results.text(
                            "no times, too few trials for compiled code: ./eden bench measures times\n");
                }
            } finally {
                executor.shutdownNow();
            }
        }
        return 0;
    }

    /** Returns the directory of the results, null for none. */
    private Path directory() {
        return preset != null && common.out() == null ? Path.of("results", preset.toString()) : common.out();
    }

    private List<Cell> presetCells() {
        for (String option : REPLACED) {
            if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
                throw new ParameterException(spec.commandLine(),
                        option + " cannot be chosen with --preset " + preset + ", which has its own");
            }
        }
        return preset.cells(common.seed());
    }

    /** Returns the rows already present, which are those of the first cells. */
    private List<Row> earlier(List<Cell> cells) {
        try {
            if (directory() == null) {
                throw new IllegalArgumentException("--resume needs the --out of the interrupted command");
            }
            List<Row> rows = EarlierResults.read(directory(), common.manifest());
            for (int i = 0; i < rows.size(); i++) {
                if (i >= cells.size() || !cells.get(i).isOf(rows.get(i))) {
                    throw new IllegalArgumentException("--resume: row " + (i + 1) + " of " + directory()
                            + " is not one of this sweep's: choose another --out");
                }
            }
            return rows;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    /** Returns all combinations; an invalid one is wrong usage. */
    private List<Cell> cells() {
        try {
            if (trials < 1) {
                throw new IllegalArgumentException("--trials must be at least 1, got " + trials);
            }
            if (threads < 0) {
                throw new IllegalArgumentException("--threads must be at least 0, got " + threads);
            }
            if (!(loss >= 0 && loss < 1)) {
                throw new IllegalArgumentException("--loss must be at least 0 and below 1, got " + loss);
            }
            Draws draws = new Draws(input, vectors, fixedInput, common.seed());
            List<Cell> cells = new ArrayList<>();
            for (SweepMethods method : methods) {
                for (int dimension : dimensions) {
                    for (int count : workers) {
                        if (count < 1) {
                            throw new IllegalArgumentException("--workers must be at least 1, got " + count);
                        }
                        Cell cell = new Cell(null, method, dimension, blockSize, count, draws, loss, trials,
                                errorFeedback);
                        cell.layout();
                        cells.add(cell);
                    }
                }
            }
            return cells;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    /** Reads {@code --preset}. */
    static final class PresetConverter extends TextConverter<Preset> {
        PresetConverter() {
            super(PresetConverter::parse);
        }

        private static Preset parse(String text) {
            return Arrays.stream(Preset.values())
                .filter(preset -> preset.toString().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("preset must be paper or quick, got " + text));
        }
    }

    /** Reads {@code --block-size}. */
    static final class BlockSizeConverter extends TextConverter<Integer> {
        BlockSizeConverter() {
            super(BlockSizeConverter::parse);
        }

        private static int parse(String text) {
            int size = text.equals("full") ? Cell.FULL : Integer.parseInt(text);
            if (size < 1 && !text.equals("full")) {
                throw new IllegalArgumentException("block size must be at least 1 or 'full', got " + text);
            }
            return size;
        }
    }
}
