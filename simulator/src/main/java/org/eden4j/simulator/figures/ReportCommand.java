package org.eden4j.simulator.figures;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.eden4j.simulator.cli.CommonOptions;
import org.eden4j.simulator.output.Results;
import org.eden4j.simulator.output.Row;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code eden report}: turns the results of any command into a page with charts. */
@Command(name = "report", description = "Turns the results of any command into a page with charts, and the charts into SVG and PNG files.", footer = {
        "",
        "The page is self-contained: point at a chart or use the arrow keys to read its numbers, switch lines in "
                + "its legend, sort the table by its header. --out names the page, by default report.html in the --in "
                + "directory. The charts are written to the directory charts next to it.",
        "",
        "Example:",
        "  ./eden sweep --method eden:bits=2 --method drive --dimension 128,1024,8192 --out results/mine",
        "  ./eden report --in results/mine --out mine.html"})
public final class ReportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Option(names = "--in", paramLabel = "DIR", required = true, description = "The --out of a command, or a directory of several.")
    private Path in;

    @Override
    public Integer call() {
        Path page = common.out() == null ? in.resolve("report.html") : common.out();
        int charts;
        try {
            charts = ReportPage.write(in, page);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        List<String> columns = List.of("command", "page", "charts");
        try (Results results = common.results(columns, columns, null)) {
            results.note(Row.of("report").put("page", page.toString()).put("charts", charts),
                    page.toAbsolutePath() + " with " + charts + " charts");
        }
        return 0;
    }
}
