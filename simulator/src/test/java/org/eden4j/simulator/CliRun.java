package org.eden4j.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.eden4j.simulator.output.Json;

/**
 * One command, run in this process.
 *
 * @param exitCode its exit code
 * @param out what it printed on standard output
 * @param err what it printed on standard error, logs aside
 */
public record CliRun(int exitCode, String out, String err) {
    public static CliRun of(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Eden4j.run(arguments, new PrintWriter(out), new PrintWriter(err));
        return new CliRun(exitCode, out.toString(), err.toString());
    }

    /** Every line as a JSON object. */
    public List<JsonNode> json() {
        return out.lines().map(Json::parse).toList();
    }
}
