package org.eden4j.simulator.output;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything needed to reproduce a result: the command, its arguments and seed, the version, the JDK and the machine.
 *
 * @param command name of the command
 * @param arguments its arguments
 * @param seed seed in use
 */
public record Manifest(String command, List<String> arguments, long seed) {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    /** Returns the project's version from the jar, or {@code development} if run from classes. */
    public static String version() {
        String version = Manifest.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /** Returns the name of the processor, or the architecture if the system does not provide it. */
    public static String cpu() {
        if (!Files.isReadable(CPU_INFO)) {
            return System.getProperty("os.arch");
        }
        try (var lines = Files.lines(CPU_INFO)) {
            return lines.filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .findFirst()
                .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.arch") + " (" + CPU_INFO + " is not readable: " + e.getMessage() + ")";
        }
    }

    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("command", command);
        fields.put("arguments", arguments);
        fields.put("seed", seed);
        fields.put("version", version());
        fields.put("jdk", System.getProperty("java.vm.name") + " " + Runtime.version());
        fields.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        fields.put("cpu", cpu());
        fields.put("cores", Runtime.getRuntime().availableProcessors());
        fields.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        return fields;
    }
}
