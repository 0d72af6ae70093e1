package org.eden4j.simulator.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Turns an exception into one line on standard error and an exit code: 1 for a failed run, 2 for wrong usage. A reader
 * that closes standard output is not a failure.
 */
public final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
        if (StandardOutput.isUnread(failure)) {
            return ExitCode.OK;
        }
        PrintWriter err = command.getErr();
        err.println(command.getCommandSpec().qualifiedName() + ": " + sentence(failure));
        boolean stacktrace = command.getCommandSpec()
            .mixins()
            .values()
            .stream()
            .anyMatch(mixin -> mixin.userObject() instanceof CommonOptions common && common.stacktrace());
        if (stacktrace) {
            failure.printStackTrace(err);
        }
        err.flush();
        return ExitCode.SOFTWARE;
    }

    @Override
    public int handleParseException(ParameterException wrong, String[] arguments) {
        CommandLine command = wrong.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(command.getCommandSpec().qualifiedName() + ": " + sentence(wrong));
        if (!UnmatchedArgumentException.printSuggestions(wrong, err)) {
            err.println("See " + command.getCommandSpec().qualifiedName() + " --help");
        }
        err.flush();
        return ExitCode.USAGE;
    }

    /** Handles a broken standard output outside a command, while printing help or final messages. */
    public int outputLost(StandardOutput.LostException failure, PrintWriter err) {
        if (StandardOutput.isUnread(failure)) {
            return ExitCode.OK;
        }
        err.println("eden: " + sentence(failure));
        return ExitCode.SOFTWARE;
    }

    /** Describes a failure on one line: its message, or the kind of exception if it has none. */
    public static String sentence(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank()
                ? failure.getClass().getSimpleName() + " (see --stacktrace)"
                : message.strip().replaceAll("\\s*\\R\\s*", "; ");
    }
}
