package org.eden4j.transport.media;

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * How many streams a receiving port takes from one sending socket. A driver hosts a limited number of them, each with memory of
 * its own; a member needs one or two, from a socket that no other member has. One stranger cannot use up what members need.
 *
 * <p>A map look-up per datagram; a walk over all streams per new one. Single-threaded, as the driver's receiver.
 */
final class StreamQuota {
    /** A member's control and its updates, and as many that it opens anew before the driver has let go of the former ones. */
    static final int STREAMS_PER_SOURCE = 4;
    /** Bounds the memory, whatever is sent: more than the streams of the largest job. */
    private static final int MOST_STREAMS = 1 << 14;
    /** A stream that was silent for so long is gone, for the driver too. */
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

    /** Something came on a stream. */
    void heard(int stream, int session, long nowNs) {
        Stream known = streams.get(key(stream, session));
        if (known != null) {
            known.heardNs = nowNs;
        }
    }

    /** Whether a stream may be opened, or is open. */
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
