package org.eden4j.transport.job;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Where the members of a job meet: the address of its aggregator, or those of several where the job's vector is cut into
 * shards. {@link #parse} reads the text forms:
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
     * The aggregator listens on a UDP port; every process embeds a media driver of its own.
     *
     * @param host a name or address; an IPv6 address in brackets
     * @param port 1..65535, or 0 to let the aggregator choose one, see {@link org.eden4j.transport.Aggregator#address()}
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
     * All processes of one host share the media driver that somebody, see {@link org.eden4j.transport.media.MediaDriverHost}, runs in a directory.
     *
     * @param aeronDirectory the driver's directory
     * @param job keeps several jobs on one driver apart, 0..{@value #LAST_JOB}
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
     * @param shards in their order: two at least, all over UDP, or all of one media driver with job numbers that follow one
     *        another
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
                throw new IllegalArgumentException("shards are all over UDP or all over IPC, got " + shards);
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
     * An address as it is serialized.
     *
     * @param text its text form
     */
    record Text(String text) implements Serializable {
        private Object readResolve() {
            return parse(text);
        }
    }

    /** The largest job number of {@link Ipc}. */
    int LAST_JOB = (1 << 30) - 2;

    /** How text forms begin, and what stands between the first and the last job number. */
    String UDP = "udp:";
    String IPC = "ipc:";
    String RANGE = "..";

    /** The aggregators' addresses, in the order of their shards; this one alone where the vector is not cut. */
    List<Single> shards();

    /** See {@link Udp}. */
    static Udp udp(String host, int port) {
        return new Udp(host, port);
    }

    /** See {@link Ipc}. */
    static Ipc ipc(Path aeronDirectory, int job) {
        return new Ipc(aeronDirectory, job);
    }

    /** As many shards at consecutive job numbers. */
    static JobAddress ipc(Path aeronDirectory, int job, int shards) {
        return of(IntStream.range(job, job + shards).<Single>mapToObj(each -> ipc(aeronDirectory, each)).toList());
    }

    /** The address of a job whose aggregators are at these, one or more. */
    static JobAddress of(List<Single> shards) {
        return shards.size() == 1 ? shards.getFirst() : new Sharded(shards);
    }

    /**
     * Reads a text form.
     *
     * @throws IllegalArgumentException saying what is wrong
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
            throw new IllegalArgumentException("'" + text + "' is no job address: " + e.getMessage(), e);
        }
        throw new IllegalArgumentException(
                "'" + text + "' is no job address: write udp:HOST:PORT or ipc:JOB:DIRECTORY, "
                        + "of shards udp:HOST:PORT,HOST:PORT,.. or ipc:JOB..LAST:DIRECTORY");
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
