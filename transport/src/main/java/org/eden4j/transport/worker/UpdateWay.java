package org.eden4j.transport.worker;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import org.eden4j.transport.job.Shard;
import org.eden4j.transport.media.Channels;
import org.eden4j.transport.wire.Claims;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.UplinkProxy;

/**
 * The publication of a worker's updates: its only one, or, if the job's uplink is unreliable, a second one, which is
 * opened once the aggregator has said so. Both have the same session id, by which the aggregator identifies the sender.
 * Single-threaded, like the agent that owns it.
 */
final class UpdateWay implements AutoCloseable {
    private final Aeron aeron;
    private final Channels channels;
    private final UplinkProxy reliable;
    private final Shard shard;
    private long registrationId = Aeron.NULL_VALUE;
    private UplinkProxy proxy;

    UpdateWay(Aeron aeron, Channels channels, UplinkProxy reliable, Shard shard) {
        this.shard = shard;
        this.aeron = aeron;
        this.channels = channels;
        this.reliable = reliable;
    }

    /**
     * Returns the proxy for updates; null while it is unknown.
     *
     * @param unreliable whether updates have a separate publication, which the first call begins to open
     * @throws io.aeron.exceptions.RegistrationException if the media driver refuses
     */
    UplinkProxy proxy(boolean unreliable) {
        if (proxy == null) {
            proxy = unreliable ? opened() : reliable;
        }
        return proxy;
    }

    private UplinkProxy opened() {
        if (registrationId == Aeron.NULL_VALUE) {
            registrationId = aeron.asyncAddExclusivePublication(channels.unreliablePublication(reliable.sessionId()),
                    Protocol.UNRELIABLE_STREAM);
            return null;
        }
        ExclusivePublication publication = aeron.getExclusivePublication(registrationId);
        return publication == null ? null : new UplinkProxy(new Claims(publication), shard);
    }

    /** Returns the bytes of all messages committed so far on both publications. */
    long committedBytes() {
        return reliable.committedBytes() + (proxy == null || proxy == reliable ? 0 : proxy.committedBytes());
    }

    @Override
    public void close() {
        if (proxy != null && proxy != reliable) {
            proxy.close();
        }
    }
}
