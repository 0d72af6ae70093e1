package org.eden4j.simulator.process;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.eden4j.simulator.output.Json;

/** The command line of another process: this JVM, with this JVM's module flags and class path. */
public final class ChildJvm {
    /** The hidden command that a process is started with. */
    static final String COMMAND = "member-process";

    /** Flags of this JVM that a child needs as well; heap and agents are each process's own matter. */
    private static final List<String> HANDED_ON = List.of("--add-modules", "--add-opens", "--enable-native-access",
            "--sun-misc-unsafe-memory-access", "-Deden4j.", "-Daeron.", "-Dorg.slf4j.simpleLogger.");

    private ChildJvm() {}

    /** Returns the command before the main class: java, flags, class path. */
    public static List<String> base() {
        return base(List.of());
    }

    private static List<String> base(List<String> jvmOptions) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean()
            .getInputArguments()
            .stream()
            .filter(argument -> HANDED_ON.stream().anyMatch(argument::startsWith))
            .forEach(command::add);
        command.add("-XX:+UseSerialGC");
        command.addAll(jvmOptions);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        return command;
    }

    /** A member's process. */
    static <S extends Record & RoleSettings> List<String> command(S settings) {
        List<String> command = base(settings.jvmOptions());
        command.add("org.eden4j.simulator.Eden4j");
        command.add(COMMAND);
        command.add(settings.getClass().getName());
        command.add(Json.write(settings));
        return command;
    }
}
