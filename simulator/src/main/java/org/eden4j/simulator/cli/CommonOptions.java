package org.eden4j.simulator.cli;

import java.nio.file.Path;
import java.util.List;
import org.eden4j.simulator.output.Format;
import org.eden4j.simulator.output.Manifest;
import org.eden4j.simulator.output.Results;
import org.eden4j.simulator.output.Row;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that every command has. */
public final class CommonOptions {
    @Spec(Spec.Target.MIXEE)
    CommandSpec spec;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "All randomness follows from it (default ${DEFAULT-VALUE}).")
    long seed;

    @Option(names = "--format", paramLabel = "F", defaultValue = "text", description = "${COMPLETION-CANDIDATES}; json is one object a line (default ${DEFAULT-VALUE}).")
    Format format;

    @Option(names = "--out", paramLabel = "DIR", description = "Write results.jsonl, results.csv and manifest.json there; of report, the page.")
    Path out;

    @Option(names = "--quiet", description = "No progress bar; there is none anyway where there is no terminal.")
    boolean quiet;

    @Option(names = "--stacktrace", description = "Show the stack trace of a failure.")
    boolean stacktrace;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    boolean help;

    public long seed() {
        return seed;
    }

    public Format format() {
        return format;
    }

    /** The directory of {@code --out}, null where it is not given. */
    public Path out() {
        return out;
    }

    public boolean stacktrace() {
        return stacktrace;
    }

    /** Opens the sink of the command's rows, see {@link Results}. */
    public Results results(List<String> columns, List<String> textColumns) {
        return results(columns, textColumns, out);
    }

    /** The same, with the files in this directory. */
    public Results results(List<String> columns, List<String> textColumns, Path directory) {
        return new Results(format, spec.commandLine().getOut(), columns, textColumns, directory, manifest(), List.of());
    }

    /** The same for a command that goes on after these rows. */
    public Results results(List<String> columns, List<String> textColumns, Path directory, List<Row> earlier) {
        return new Results(format, spec.commandLine().getOut(), columns, textColumns, directory, manifest(), earlier);
    }

    /** What one needs to run this command again. */
    public Manifest manifest() {
        List<String> arguments = spec.commandLine().getParseResult().originalArgs();
        return new Manifest(spec.name(), arguments, seed);
    }

    /** A progress bar on the terminal; nothing where there is none, or with {@code --quiet}. */
    public Progress progress(String task, long steps) {
        boolean terminal = System.console() != null && System.console().isTerminal();
        return Progress.of(task, steps, terminal && !quiet);
    }
}
