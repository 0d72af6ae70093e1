package org.eden4j.transport.media;

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * Limits the streams that a receiving port accepts from one sending socket. A driver hosts a limited number of streams,
 * each with its own memory; a member needs one or two, from a socket that no other member uses. So one unauthenticated
 * peer cannot use up the streams that members need.
 *
 * <p>Costs a map look-up per datagram, and a walk over all streams per new one. Single-threaded, like the driver's
 * receiver.
 */
final class StreamQuota {
    /**
     * Streams per source: a member's control and updates, and as many that it opens again before the driver has
     * released the former ones.
     */
    static final int STREAMS_PER_SOURCE = 4;
    /** Limit of all streams, which bounds the memory whatever is received: more than the streams of the largest job. */
    private static final int MOST_STREAMS = 1 << 14;
    /** Silence after which a stream is gone, for the driver as well. */
    private static final long GONE_NS = TimeUnit.SECONDS.toNanos(10);

    private static final class Stream {
        final InetSocketAddress source;
        long heardNs;

        Stream(InetSocketAddress source, long nowNs) {
            this.source = source;
            heardNs = nowNs;
        }
    }

    private final Long2ObjectHashMap<Stream> streams = new Long2ObjectHashMap<>();

    private static long key(int stream, int session) {
        return (long) stream << 32 | Integer.toUnsignedLong(session);
    }

    /** Records a datagram of a stream. */
    void heard(int stream, int session, long nowNs) {
        Stream known = streams.get(key(stream, session));
        if (known != null) {
            known.heardNs = nowNs;
        }
    }

    /** Returns whether a stream is open or may be opened. */
    boolean admits(int stream, int session, InetSocketAddress source, long nowNs) {
        long key = key(stream, session);
        Stream known = streams.get(key);
        if (known != null) {
            known.heardNs = nowNs;
            return true;
        }
        streams.values().removeIf(open -> nowNs - open.heardNs > GONE_NS);
        if (streams.size() >= MOST_STREAMS
                || streams.values().stream().filter(open -> open.source.equals(source)).count() >= STREAMS_PER_SOURCE) {
            return false;
        }
        streams.put(key, new Stream(source, nowNs));
        return true;
    }
}
