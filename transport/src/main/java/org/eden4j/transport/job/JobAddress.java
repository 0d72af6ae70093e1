package org.eden4j.transport.job;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The address of a job: that of its aggregator, or those of several aggregators if the job's vector is cut into shards.
 * {@link #parse} reads the text forms:
 *
 * <pre>
 * udp:HOST:PORT              udp:HOST:PORT,HOST:PORT,..    of the shards, in their order
 * ipc:JOB:DIRECTORY          ipc:JOB..LAST:DIRECTORY       shard k is at job number JOB + k
 * </pre>
 *
 * <p>Serializes as its text.
 */
public sealed interface JobAddress extends Serializable {
    /** The address of one aggregator. */
    sealed interface Single extends JobAddress {
        @Override
        default List<Single> shards() {
            return List.of(this);
        }
    }

    /**
     * An aggregator that listens on a UDP port; every process embeds its own media driver.
     *
     * @param host a host name or address; an IPv6 address in brackets
     * @param port 1..65535, or 0 to let the aggregator choose a free port, see
     *         {@link org.eden4j.transport.Aggregator#address()}
     */
    record Udp(String host, int port) implements Single {
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
            return UDP + host + ':' + port;
        }

        private Object writeReplace() {
            return new Text(toString());
        }
    }

    /**
     * An aggregator on a media driver that all processes of one host share, see
     * {@link org.eden4j.transport.media.MediaDriverHost}.
     *
     * @param aeronDirectory the driver's directory
     * @param job distinguishes the jobs on one driver, 0..{@value #LAST_JOB}
     */
    record Ipc(Path aeronDirectory, int job) implements Single {
        public Ipc {
            if (job < 0 || job > LAST_JOB) {
                throw new IllegalArgumentException("job must be in 0.." + LAST_JOB + ", got " + job);
            }
        }

        @Override
        public String toString() {
            return IPC + job + ':' + aeronDirectory;
        }

        private Object writeReplace() {
            return new Text(toString());
        }
    }

    /**
     * The aggregators of a job whose vector is cut into shards.
     *
     * @param shards the addresses in order of the shards: at least two, either all over UDP, or all on one media driver
     *         with consecutive job numbers
     */
    record Sharded(List<Single> shards) implements JobAddress {
        public Sharded {
            shards = List.copyOf(shards);
            if (shards.size() < 2 || shards.size() > Shard.MOST) {
                throw new IllegalArgumentException("a job has 2.." + Shard.MOST + " shards or an address that is not "
                        + "of several, got " + shards.size());
            }
            if (shards.getFirst() instanceof Ipc first) {
                for (int shard = 0; shard < shards.size(); shard++) {
                    if (!shards.get(shard).equals(ipc(first.aeronDirectory(), first.job() + shard))) {
                        throw new IllegalArgumentException("shard " + shard + " must be at job number "
                                + (first.job() + shard) + " of " + first.aeronDirectory() + ", got "
                                + shards.get(shard));
                    }
                }
            } else if (!shards.stream().allMatch(Udp.class::isInstance)) {
                throw new IllegalArgumentException("shards must be all over UDP or all over IPC, got " + shards);
            } else if (shards.stream().distinct().count() < shards.size()) {
                throw new IllegalArgumentException("two shards have the same address: " + shards);
            }
        }

        @Override
        public String toString() {
            if (shards.getFirst() instanceof Ipc first) {
                return IPC + first.job() + RANGE + (first.job() + shards.size() - 1) + ':' + first.aeronDirectory();
            }
            return UDP + String.join(",",
                    shards.stream().map(shard -> shard.toString().substring(UDP.length())).toList());
        }

        private Object writeReplace() {
            return new Text(toString());
        }
    }

    /**
     * The serialized form of an address.
     *
     * @param text the address as text
     */
    record Text(String text) implements Serializable {
        private Object readResolve() {
            return parse(text);
        }
    }

    /** The largest job number of {@link Ipc}. */
    int LAST_JOB = (1 << 30) - 2;

    /** Prefixes of the text forms, and the separator of the first and the last job number. */
    String UDP = "udp:";
    String IPC = "ipc:";
    String RANGE = "..";

    /** Returns the aggregators' addresses in order of their shards; this one alone if the vector is not cut. */
    List<Single> shards();

    /** Returns a UDP address, see {@link Udp}. */
    static Udp udp(String host, int port) {
        return new Udp(host, port);
    }

    /** Returns an IPC address, see {@link Ipc}. */
    static Ipc ipc(Path aeronDirectory, int job) {
        return new Ipc(aeronDirectory, job);
    }

    /** Returns the address of a number of shards at consecutive job numbers. */
    static JobAddress ipc(Path aeronDirectory, int job, int shards) {
        return of(IntStream.range(job, job + shards).<Single>mapToObj(each -> ipc(aeronDirectory, each)).toList());
    }

    /** Returns the address of a job with these aggregators, one or more. */
    static JobAddress of(List<Single> shards) {
        return shards.size() == 1 ? shards.getFirst() : new Sharded(shards);
    }

    /**
     * Parses a text form.
     *
     * @throws IllegalArgumentException if the text is not an address, with the reason
     */
    static JobAddress parse(String text) {
        try {
            if (text.startsWith(UDP)) {
                return of(Stream.of(text.substring(UDP.length()).split(",", -1)).map(JobAddress::endpoint).toList());
            }
            if (text.startsWith(IPC)) {
                int colon = text.indexOf(':', IPC.length());
                if (colon > 0 && colon + 1 < text.length()) {
                    return jobs(text.substring(IPC.length(), colon), Path.of(text.substring(colon + 1)));
                }
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' is not a job address: " + e.getMessage(), e);
        }
        throw new IllegalArgumentException(
                "'" + text + "' is not a job address: write udp:HOST:PORT or ipc:JOB:DIRECTORY, "
                        + "or for shards udp:HOST:PORT,HOST:PORT,.. or ipc:JOB..LAST:DIRECTORY");
    }

    private static Single endpoint(String text) {
        int colon = text.lastIndexOf(':');
        return udp(text.substring(0, Math.max(colon, 0)), Integer.parseInt(text.substring(colon + 1)));
    }

    private static JobAddress jobs(String numbers, Path directory) {
        int range = numbers.indexOf(RANGE);
        int first = Integer.parseInt(range < 0 ? numbers : numbers.substring(0, range));
        int last = range < 0 ? first : Integer.parseInt(numbers.substring(range + RANGE.length()));
        if (last < first || last - first >= Shard.MOST) {
            throw new IllegalArgumentException("job numbers " + numbers + " are not 1.." + Shard.MOST + " in order");
        }
        return ipc(directory, first, last - first + 1);
    }
}
