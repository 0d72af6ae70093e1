package org.eden4j.simulator.process;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.eden4j.simulator.output.Json;

/** The command line of a member's process: this JVM, with this JVM's module flags and class path. */
final class ChildJvm {
    /** The hidden command that a process is started with. */
    static final String COMMAND = "member-process";

    /** Flags of this JVM that a child needs as well; heap and agents are each process's own matter. */
    private static final List<String> HANDED_ON = List.of("--add-modules", "--add-opens", "--enable-native-access",
            "--sun-misc-unsafe-memory-access", "-Deden4j.", "-Daeron.", "-Dorg.slf4j.simpleLogger.");

    private ChildJvm() {}

    static <S extends Record & RoleSettings> List<String> command(S settings) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean()
            .getInputArguments()
            .stream()
            .filter(argument -> HANDED_ON.stream().anyMatch(argument::startsWith))
            .forEach(command::add);
        command.add("-XX:+UseSerialGC");
        command.addAll(settings.jvmOptions());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add("org.eden4j.simulator.Eden4j");
        command.add(COMMAND);
        command.add(settings.getClass().getName());
        command.add(Json.write(settings));
        return command;
    }
}
