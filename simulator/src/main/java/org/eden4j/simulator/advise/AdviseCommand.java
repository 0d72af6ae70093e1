package org.eden4j.simulator.advise;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.eden4j.compressor.Method;
import org.eden4j.simulator.cli.CommonOptions;
import org.eden4j.simulator.cli.GivenMethod;
import org.eden4j.simulator.cli.Progress;
import org.eden4j.simulator.figures.ReportPage;
import org.eden4j.simulator.output.Results;
import org.eden4j.simulator.output.Row;
import org.eden4j.transport.job.DefaultMethods;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code eden advise}: estimates what compression saves in a training of a given size. */
@Command(name = "advise", description = "Estimates the time of a training step with each method and without compression.", footer = {
        "",
        "A step is computation plus one exchange of an update of all parameters. The time is that of the busiest "
                + "link or processor. The speed of the codecs is measured on this machine; latency is ignored.",
        "Topologies: star is one aggregator on its own host; peers is a share of the aggregation on each worker's "
                + "host; all-reduce is a ring without eden4j, float32 or float16.",
        "A method is faster than the float32 all-reduce over links slower than crossoverMbit. --out also writes a "
                + "page with a chart.",
        "--codings compares plain, trellis- and entropy-coded EDEN at the error of --method and --downlink, which "
                + "are plain EDEN, over links of 1 Mbit/s to 10 Gbit/s.",
        "",
        "Example:",
        "  ./eden advise --parameters 10000000 --workers 4 --link 100mbit --step 0.2s"})
public final class AdviseCommand implements Callable<Integer> {
    private static final List<String> COLUMNS = List.of("command", "method", "downlink", "topology", "parameters",
            "workers", "linkMbit", "roundSeconds", "secondsPerStep", "allReduceSeconds", "speedup", "crossoverMbit",
            "megabytesUp", "megabytesDown");
    private static final List<String> CODING_COLUMNS = List.of("command", "topology", "linkMbit", "method", "downlink",
            "roundSeconds", "plainSeconds");
    private static final List<String> TEXT_COLUMNS = List.of("method", "downlink", "topology", "roundSeconds",
            "secondsPerStep", "speedup", "crossoverMbit", "megabytesUp", "megabytesDown");
    private static final GivenMethod FLOAT32 = GivenMethod.parse("none");
    private static final GivenMethod FLOAT16 = GivenMethod.parse("float16");
    private static final CodecSpeed FREE = new CodecSpeed(0, 0);
    private static final double[] CHART = {1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000};
    private static final double[] CODING_LINKS = {1, 10, 100, 1000, 10_000};
    private static final double MEGA = 1e6;

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Option(names = "--parameters", paramLabel = "N", required = true, description = "Number of parameters of the model.")
    private int parameters;

    @Option(names = "--workers", paramLabel = "N", defaultValue = "4", description = "Number of workers, each on its own host (default ${DEFAULT-VALUE}).")
    private int workers;

    @Option(names = "--link", paramLabel = "RATE", defaultValue = "1gbit", converter = Rate.Converter.class, description = "Rate of a host's link in each direction, such as 100mbit (default ${DEFAULT-VALUE}).")
    private Rate link;

    @Option(names = "--step", paramLabel = "TIME", defaultValue = "0s", converter = Seconds.class, description = "Time of computation between two exchanges, such as 0.2s or 50ms (default ${DEFAULT-VALUE}).")
    private double step;

    @Option(names = "--processors", paramLabel = "P", defaultValue = "1", description = "Number of processors of a host that encode and decode (default ${DEFAULT-VALUE}).")
    private int processors;

    @Option(names = "--method", paramLabel = "M", defaultValue = "none", converter = GivenMethod.Converter.class, description = "A method, instead of the default selection; may be repeated.")
    private List<GivenMethod> methods;

    @Option(names = "--downlink", paramLabel = "M", converter = GivenMethod.Converter.class, description = "Method of the mean (default: that of the updates).")
    private GivenMethod downlink;

    @Option(names = "--codings", description = "Which coding of EDEN has the shortest round at the error of --method (default "
            + DefaultMethods.UPDATES + ") and --downlink (default " + DefaultMethods.MEANS + "), from link to link.")
    private boolean codings;

    /** One combination of methods and topology, with its cost. */
    private record Way(GivenMethod up, GivenMethod down, Topology topology, RoundCost cost) {}

    @Override
    public Integer call() {
        CostModel model = model();
        if (codings) {
            return adviseCodings(model);
        }
        List<Way> ways = ways();
        Way ring = ways.getLast();
        List<Row> rows = new ArrayList<>();
        ways.forEach(way -> rows.add(row(model, way, ring, link)));
        rows.sort(Comparator.comparingDouble(row -> (double) row.get("secondsPerStep")));
        try (Results results = common.results(COLUMNS, TEXT_COLUMNS)) {
            results.widen("method", rows.stream().map(row -> (String) row.get("method")).toList());
            results.widen("downlink", rows.stream().map(row -> (String) row.get("downlink")).toList());
            rows.forEach(results::add);
            if (common.out() != null) {
                for (Way way : ways) {
                    for (double megabits : CHART) {
                        if (megabits * MEGA != link.bitsPerSecond()) {
                            results.keepOnly(row(model, way, ring, new Rate(megabits * MEGA)));
                        }
                    }
                }
                ReportPage.write(common.out(), common.out().resolve("report.html"));
            }
            results.text("\n" + sentence(rows, model) + "\n");
        }
        return 0;
    }

    private int adviseCodings(CostModel model) {
        boolean given = spec.commandLine().getParseResult().hasMatchedOption("--method");
        if (given && methods.size() > 1) {
            throw new ParameterException(spec.commandLine(), "--codings takes one --method, got " + methods.size());
        }
        String up = given ? methods.getFirst().text() : DefaultMethods.UPDATES;
        CodingAdvice advice;
        try {
            advice = CodingAdvice.measure(up, downlink == null ? DefaultMethods.MEANS : downlink.text(), parameters);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        List<Row> rows = new ArrayList<>();
        for (Topology topology : List.of(Topology.STAR, Topology.PEERS)) {
            for (double megabits : CODING_LINKS) {
                CodingAdvice.Choice choice = advice.choose(model, topology, new Rate(megabits * MEGA));
                rows.add(Row.of("advise")
                    .put("topology", topology.toString())
                    .put("linkMbit", megabits)
                    .put("method", choice.up())
                    .put("downlink", choice.down())
                    .put("roundSeconds", choice.seconds())
                    .put("plainSeconds", choice.plain()));
            }
        }
        try (Results results = common.results(CODING_COLUMNS, CODING_COLUMNS.subList(1, CODING_COLUMNS.size()))) {
            results.widen("method", rows.stream().map(row -> (String) row.get("method")).toList());
            results.widen("downlink", rows.stream().map(row -> (String) row.get("downlink")).toList());
            rows.forEach(results::add);
        }
        return 0;
    }

    private CostModel model() {
        try {
            if (parameters < 1) {
                throw new IllegalArgumentException("--parameters must be at least 1, got " + parameters);
            }
            return new CostModel(workers, processors, step);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    /** Returns all combinations, with the float32 all-reduce last. */
    private List<Way> ways() {
        List<GivenMethod> used = spec.commandLine().getParseResult().hasMatchedOption("--method") ? methods
                : List.of("none", "float16", "eden:bits=8", "eden:bits=4", "eden:bits=2", "eden:bits=2,coding=entropy",
                        "drive", "eden:bits=0.5")
                    .stream()
                    .map(GivenMethod::parse)
                    .toList();
        Map<Method, CodecSpeed> speeds = new HashMap<>();
        List<Way> ways = new ArrayList<>();
        try (Progress progress = common.progress("advise", used.size())) {
            for (GivenMethod up : used) {
                GivenMethod down = downlink == null ? up : downlink;
                RoundCost cost = RoundCost.of(up.method(), down.method(), parameters,
                        speeds.computeIfAbsent(up.method(), CodecSpeed::measure),
                        speeds.computeIfAbsent(down.method(), CodecSpeed::measure));
                ways.add(new Way(up, down, Topology.STAR, cost));
                ways.add(new Way(up, down, Topology.PEERS, cost));
                progress.step(1);
            }
        }
        for (GivenMethod floats : List.of(FLOAT16, FLOAT32)) {
            ways.add(new Way(floats, floats, Topology.RING,
                    RoundCost.of(floats.method(), floats.method(), parameters, FREE, FREE)));
        }
        return ways;
    }

    private Row row(CostModel model, Way way, Way ring, Rate rate) {
        double round = model.round(way.topology, way.cost, rate.bitsPerSecond());
        double allReduce = model.step(Topology.RING, ring.cost, rate.bitsPerSecond());
        return Row.of("advise")
            .put("method", way.up.text())
            .put("downlink", way.down.text())
            .put("topology", way.topology.toString())
            .put("parameters", parameters)
            .put("workers", workers)
            .put("linkMbit", rate.bitsPerSecond() / MEGA)
            .put("roundSeconds", round)
            .put("secondsPerStep", model.step(way.topology, way.cost, rate.bitsPerSecond()))
            .put("allReduceSeconds", allReduce)
            .put("speedup", allReduce / (round + step))
            .put("crossoverMbit", way.topology == Topology.RING ? Double.NaN
                    : model.crossover(way.topology, way.cost, Topology.RING, ring.cost) / MEGA)
            .put("megabytesUp", way.cost.bytesUp() / MEGA)
            .put("megabytesDown", way.cost.bytesDown() / MEGA);
    }

    private String sentence(List<Row> rows, CostModel model) {
        Row best = rows.stream().filter(row -> !row.get("topology").equals("all-reduce")).findFirst().orElseThrow();
        double speedup = (double) best.get("speedup");
        String setting = String.format(Locale.ROOT,
                "With %d workers, %,d parameters, %.3g s of computing and links of %s",
                model.workers(), parameters, step, link);
        double allReduce = (double) best.get("allReduceSeconds");
        double seconds = (double) best.get("secondsPerStep");
        if (speedup < 1.05) {
            return String.format(Locale.ROOT,
                    "%s compression saves nothing: a step takes %.3g s with a float32 all-reduce, %.3g s with %s.",
                    setting, allReduce, seconds, best.get("method"));
        }
        Double crossover = (Double) best.get("crossoverMbit");
        return String.format(Locale.ROOT,
                "%s a step takes %.3g s with %s (%s), %.1f times less than the %.3g s of a float32"
                        + " all-reduce%s.",
                setting, seconds, best.get("method"), best.get("topology"), speedup,
                allReduce,
                crossover == null ? "" : ", which is faster from links of " + new Rate(crossover * MEGA) + " on");
    }
}
