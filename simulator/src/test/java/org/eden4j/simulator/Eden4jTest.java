package org.eden4j.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.eden4j.transport.wire.FrameLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class Eden4jTest {
    @ParameterizedTest
    @ValueSource(strings = {"demo", "train", "mean", "sweep", "task", "advise", "report", "claims", "compress",
            "decompress", "doctor"})
    void shouldShowAnExampleInEveryHelp(String command) {
        CliRun run = CliRun.of(command, "--help");
        assertEquals(0, run.exitCode());
        assertTrue(run.out().contains("Example:"), run.out());
        assertTrue(run.out().contains("./eden " + command), run.out());
        assertTrue(run.out().contains("--seed") && run.out().contains("--format"), run.out());
    }

    /** The limits that the transport checks, not a copy of them. */
    @Test
    void shouldShowTheLimitsOfTheMtu() {
        String limits = FrameLayout.SMALLEST_MTU + ".." + FrameLayout.LARGEST_MTU;
        assertTrue(CliRun.of("mean", "--help").out().contains(limits), limits);
        for (int mtu : new int[]{FrameLayout.SMALLEST_MTU - 32, FrameLayout.LARGEST_MTU + 32}) {
            assertEquals(2, CliRun.of("mean", "--mtu", Integer.toString(mtu)).exitCode(), mtu + " is refused");
        }
    }

    /** picocli wraps each string at the width of the terminal; one that ends in mid-sentence breaks the line there. */
    @Test
    void shouldWriteEachParagraphOfAHelpAsOneString() {
        for (CommandLine command : new CommandLine(new Eden4j()).getSubcommands().values()) {
            boolean ours = command.getCommandSpec().userObject().getClass().getName().startsWith("org.eden4j.");
            for (String paragraph : command.getCommandSpec().usageMessage().footer()) {
                assertTrue(
                        !ours || paragraph.isEmpty() || paragraph.startsWith("  ./eden ")
                                || paragraph.matches(".*[.:]"),
                        command.getCommandName() + ": " + paragraph);
            }
        }
    }

    @Test
    void shouldCompleteCommandsInTheShell() {
        CliRun run = CliRun.of("generate-completion");
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.out().contains("complete -F _complete_eden") && run.out().contains("--preset"), run.out());
    }

    @Test
    void shouldHideTheProcessesOfMembers() {
        assertTrue(!CliRun.of("--help").out().contains("member-process"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "swep", "sweep --method eden", "sweep --method eden:bits=9", "sweep --dimension 0",
            "sweep --workers 0", "sweep --trials 0", "sweep --loss 1", "sweep --block-size 100", "sweep --input gauss",
            "sweep --vectors some", "sweep --vectors correlated:0.5 --input constant", "mean --workers 0",
            "mean --rounds 0", "mean --quorum 9", "mean --deadline 0", "mean --channel tcp", "sweep --format xml",
            "soak --peers --incidents KILL_AGGREGATOR", "soak --peers --incidents LEAVE",
            "soak --channel udp --incidents KILL_DRIVER"})
    void shouldExitWithTwoOnWrongUsage(String line) {
        CliRun run = CliRun.of(line.isEmpty() ? new String[0] : line.split(" "));
        assertEquals(2, run.exitCode(), run.err());
        assertEquals("", run.out());
        assertTrue(run.err().startsWith("eden") && run.err().lines().count() <= 3, run.err());
    }

    @Test
    void shouldExitWithOneAndOneLineOnFailure() {
        CliRun run = CliRun.of("sweep", "--input", "file:/no/such/file");
        assertEquals(1, run.exitCode());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().contains("/no/such/file"), run.err());
    }

    @Test
    void shouldShowTheStackTraceWhenAsked() {
        CliRun run = CliRun.of("sweep", "--input", "file:/no/such/file", "--stacktrace");
        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("\tat org.eden4j"), run.err());
    }
}
