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

/** The options common to all commands. */
public final class CommonOptions {
    @Spec(Spec.Target.MIXEE)
    CommandSpec spec;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Seed of all random numbers (default ${DEFAULT-VALUE}).")
    long seed;

    @Option(names = "--format", paramLabel = "F", defaultValue = "text", description = "${COMPLETION-CANDIDATES}; json prints one object per line (default ${DEFAULT-VALUE}).")
    Format format;

    @Option(names = "--out", paramLabel = "DIR", description = "Directory for results.jsonl, results.csv and manifest.json; for report, the page.")
    Path out;

    @Option(names = "--quiet", description = "No progress bar; there is never one without a terminal.")
    boolean quiet;

    @Option(names = "--stacktrace", description = "Print the stack trace of a failure.")
    boolean stacktrace;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Print this help.")
    boolean help;

    public long seed() {
        return seed;
    }

    public Format format() {
        return format;
    }

    /** Returns the directory of {@code --out}, null if it is not given. */
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

    /** Opens the sink with its files in this directory. */
    public Results results(List<String> columns, List<String> textColumns, Path directory) {
        return new Results(format, spec.commandLine().getOut(), columns, textColumns, directory, manifest(), List.of());
    }

    /** Opens the sink of a command that continues after these rows. */
    public Results results(List<String> columns, List<String> textColumns, Path directory, List<Row> earlier) {
        return new Results(format, spec.commandLine().getOut(), columns, textColumns, directory, manifest(), earlier);
    }

    /** Returns what is needed to run this command again. */
    public Manifest manifest() {
        List<String> arguments = spec.commandLine().getParseResult().originalArgs();
        return new Manifest(spec.name(), arguments, seed);
    }

    /** Returns a progress bar on the terminal; hidden without a terminal or with {@code --quiet}. */
    public Progress progress(String task, long steps) {
        boolean terminal = System.console() != null && System.console().isTerminal();
        return Progress.of(task, steps, terminal && !quiet);
    }
}
