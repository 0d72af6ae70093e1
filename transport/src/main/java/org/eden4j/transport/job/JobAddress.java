package org.eden4j.transport.job;

import java.nio.file.Path;

/**
 * Where the members of a job meet. The text form is {@code udp:HOST:PORT} or {@code ipc:JOB:DIRECTORY}; {@link #parse}
 * reads it back.
 */
public sealed interface JobAddress {
    /**
     * The aggregator listens on a UDP port; every process embeds a media driver of its own.
     *
     * @param host a name or address; an IPv6 address in brackets
     * @param port 1..65535, or 0 to let the aggregator choose one, see {@link org.eden4j.transport.Aggregator#address()}
     */
    record Udp(String host, int port) implements JobAddress {
        public Udp {
            if (host.isBlank() || host.indexOf('|') >= 0 || host.indexOf('=') >= 0 || host.indexOf(',') >= 0) {
                throw new IllegalArgumentException("'" + host + "' is not a host name or address");
            }
            if (port < 0 || port > 0xFFFF) {
                throw new IllegalArgumentException("port must be in 0..65535, got " + port);
            }
        }

        @Override
        public String toString() {
            return "udp:" + host + ':' + port;
        }
    }

    /**
     * All processes of one host share the media driver that somebody, see {@link org.eden4j.transport.media.MediaDriverHost}, runs in a directory.
     *
     * @param aeronDirectory the driver's directory
     * @param job keeps several jobs on one driver apart, 0..{@value #LAST_JOB}
     */
    record Ipc(Path aeronDirectory, int job) implements JobAddress {
        public Ipc {
            if (job < 0 || job > LAST_JOB) {
                throw new IllegalArgumentException("job must be in 0.." + LAST_JOB + ", got " + job);
            }
        }

        @Override
        public String toString() {
            return "ipc:" + job + ':' + aeronDirectory;
        }
    }

    /** The largest job number of {@link Ipc}. */
    int LAST_JOB = (1 << 30) - 2;

    /** See {@link Udp}. */
    static JobAddress udp(String host, int port) {
        return new Udp(host, port);
    }

    /** See {@link Ipc}. */
    static JobAddress ipc(Path aeronDirectory, int job) {
        return new Ipc(aeronDirectory, job);
    }

    /**
     * Reads a text form.
     *
     * @throws IllegalArgumentException saying what is wrong
     */
    static JobAddress parse(String text) {
        try {
            if (text.startsWith("udp:")) {
                int colon = text.lastIndexOf(':');
                return udp(text.substring("udp:".length(), Math.max(colon, "udp:".length())),
                        Integer.parseInt(text.substring(colon + 1)));
            }
            if (text.startsWith("ipc:")) {
                int colon = text.indexOf(':', "ipc:".length());
                if (colon > 0 && colon + 1 < text.length()) {
                    return ipc(Path.of(text.substring(colon + 1)),
                            Integer.parseInt(text.substring("ipc:".length(), colon)));
                }
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' is no job address: " + e.getMessage(), e);
        }
        throw new IllegalArgumentException(
                "'" + text + "' is no job address: write udp:HOST:PORT or ipc:JOB:DIRECTORY");
    }
}
