package org.eden4j.simulator.process;

import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** The lines that the parent sends to a member, in order. Thread-safe. */
public final class Commands {
    private final BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();

    /** Waits for the next line; null when there will be none: the parent is done or gone. */
    public String next() throws InterruptedException {
        Optional<String> line = lines.take();
        if (line.isEmpty()) {
            lines.add(line);
        }
        return line.orElse(null);
    }

    /**
     * Waits for a line that begins with this word; what follows it.
     *
     * @return the rest of the line, null when there will be none
     * @throws IllegalStateException if another line comes
     */
    public String expect(String word) throws InterruptedException {
        String line = next();
        if (line == null) {
            return null;
        }
        if (!line.startsWith(word + " ")) {
            throw new IllegalStateException("expected the command '" + word + "', got '" + line + "'");
        }
        return line.substring(word.length() + 1);
    }

    /** Returns whether {@link #next()} would return at once. */
    public boolean isNext() {
        return !lines.isEmpty();
    }

    /** Returns whether all lines were taken and there will be no more. */
    public boolean ended() {
        Optional<String> line = lines.peek();
        return line != null && line.isEmpty();
    }

    void put(String line) {
        lines.add(Optional.of(line));
    }

    void end() {
        lines.add(Optional.empty());
    }
}
