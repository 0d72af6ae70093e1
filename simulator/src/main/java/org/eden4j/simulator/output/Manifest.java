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
 * What one needs to know to make a result again: the command, its arguments and seed, the version, the JDK, the machine.
 *
 * @param command the command's name
 * @param arguments what followed it
 * @param seed the seed in use
 */
public record Manifest(String command, List<String> arguments, long seed) {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    /** The project's version, from the jar; {@code development} when run from classes. */
    public static String version() {
        String version = Manifest.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /** The name of this machine's processor, its architecture where the system does not tell. */
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
