package org.eden4j.simulator;

import java.io.PrintWriter;
import java.util.ServiceConfigurationError;
import org.eden4j.simulator.advise.AdviseCommand;
import org.eden4j.simulator.bench.BenchCommand;
import org.eden4j.simulator.claims.ClaimsCommand;
import org.eden4j.simulator.cli.Failures;
import org.eden4j.simulator.cli.StandardOutput;
import org.eden4j.simulator.doctor.DoctorCommand;
import org.eden4j.simulator.figures.ReportCommand;
import org.eden4j.simulator.file.CompressCommand;
import org.eden4j.simulator.file.DecompressCommand;
import org.eden4j.simulator.host.AggregatorCommand;
import org.eden4j.simulator.host.WorkerCommand;
import org.eden4j.simulator.mean.MeanCommand;
import org.eden4j.simulator.output.Manifest;
import org.eden4j.simulator.process.ChildMain;
import org.eden4j.simulator.soak.SoakCommand;
import org.eden4j.simulator.sweep.SweepCommand;
import org.eden4j.simulator.task.TaskCommand;
import org.eden4j.simulator.train.DemoCommand;
import org.eden4j.simulator.train.SeriesCommand;
import org.eden4j.simulator.train.TrainCommand;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/** The main class behind {@code ./eden}. Exit codes: 0 success, 1 failure, 2 wrong usage. */
@Command(name = "eden", description = "Gradient compression for Deeplearning4j by distributed mean estimation.", subcommands = {
        DemoCommand.class, TrainCommand.class, SeriesCommand.class, MeanCommand.class, SweepCommand.class,
        TaskCommand.class, AdviseCommand.class, ReportCommand.class, ClaimsCommand.class, BenchCommand.class,
        CompressCommand.class,
        DecompressCommand.class, AggregatorCommand.class,
        WorkerCommand.class,
        SoakCommand.class, DoctorCommand.class, HelpCommand.class, GenerateCompletion.class,
        ChildMain.class}, mixinStandardHelpOptions = true, versionProvider = Eden4j.Version.class, footer = {"",
                "Example:", "  ./eden demo --quick", "  ./eden sweep --method eden:bits=4 --dimension 1024,65536",
                "  ./eden spark --help"})
public final class Eden4j {
    Eden4j() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments, StandardOutput.writer(), new PrintWriter(System.err, true)));
    }

    /**
     * Runs one command in this process.
     *
     * @param out receives results
     * @param err receives everything else, except logs and progress bars
     * @param more commands of other modules
     * @return the exit code
     */
    public static int run(String[] arguments, PrintWriter out, PrintWriter err, Object... more) {
        Failures failures = new Failures();
        try {
            CommandLine commands = new CommandLine(new Eden4j());
            for (Object command : more) {
                commands.addSubcommand(command);
            }
            int exitCode = commands.setOut(out)
                .setErr(err)
                .setExecutionStrategy(Eden4j::execute)
                .setExecutionExceptionHandler(failures)
                .setParameterExceptionHandler(failures)
                .setUsageHelpAutoWidth(true)
                .setUsageHelpLongOptionsMaxWidth(30)
                .execute(arguments);
            out.flush();
            return exitCode;
        } catch (StandardOutput.LostException e) {
            return failures.outputLost(e, err);
        } catch (OutOfMemoryError e) {
            long heap = Runtime.getRuntime().maxMemory() >> 20;
            err.println("eden: the heap of " + heap + " MB is too small (" + e.getMessage()
                    + "): set EDEN4J_OPTS=-Xmx8g for more, or choose a smaller dimension");
            return ExitCode.SOFTWARE;
        } catch (ServiceConfigurationError | ExceptionInInitializerError e) {
            // A third-party method could not be registered.
            err.println("eden: " + Failures.sentence(e.getCause() instanceof IllegalStateException cause ? cause : e));
            return ExitCode.SOFTWARE;
        } finally {
            err.flush();
        }
    }

    /** Runs a command or prints its help; both stop when standard output breaks. */
    private static int execute(ParseResult parsed) {
        try {
            return new RunLast().execute(parsed);
        } catch (StandardOutput.LostException e) {
            throw new ExecutionException(parsed.commandSpec().commandLine(), e.getMessage(), e);
        }
    }

    /** Returns the version of the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[]{"eden4j " + Manifest.version() + " on " + Runtime.version()};
        }
    }
}
