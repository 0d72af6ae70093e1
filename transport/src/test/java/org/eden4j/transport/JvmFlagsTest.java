package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A JVM without the flags that Aeron needs. */
@Timeout(60)
class JvmFlagsTest {
    private static final String SENTENCE = "this JVM lacks a flag that Aeron needs: start it with --add-opens "
            + "java.base/jdk.internal.misc=ALL-UNNAMED";

    @Test
    void shouldNameTheFlagThatIsMissingBeforeAeronIsTouched(@TempDir Path directory) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(), "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                FlaglessProcess.class.getName(), directory.resolve("driver").toString());
        builder.environment().remove("JDK_JAVA_OPTIONS");
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try {
            List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines()
                .toList();
            assertEquals(Collections.nCopies(4, SENTENCE), lines);
        } finally {
            process.destroyForcibly();
        }
    }
}
