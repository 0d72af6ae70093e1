package org.eden4j.transport.aggregator;

import io.aeron.ExclusivePublication;
import io.aeron.exceptions.RegistrationException;
import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.Int2ObjectHashMap;
import org.eden4j.transport.job.Shard;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.media.Channels;
import org.eden4j.transport.wire.Claims;
import org.eden4j.transport.wire.DownlinkProxy;
import org.eden4j.transport.wire.StateLabel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All peers of an aggregator, members and others, by the image that their frames come from. Single-threaded. */
final class Sessions {
    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);
    /** Peers beyond the members that are answered at a time; those that came first make room for more. */
    private static final int MOST_STRANGERS = 64;

    private final int places;
    private final Shard shard;
    private AggregatorLink link;
    private final Int2ObjectHashMap<Session> byImage = new Int2ObjectHashMap<>();
    private final List<Session> all = new ArrayList<>();

    /** @param shard of the aggregator */
    Sessions(int places, Shard shard) {
        this.places = places;
        this.shard = shard;
    }

    /** Peers come on this link from now on. */
    void use(AggregatorLink newLink) {
        link = newLink;
    }

    Session get(int image) {
        return byImage.get(image);
    }

    /** In a list that may shrink while it is walked from its end. */
    List<Session> all() {
        return all;
    }

    /** A new peer, with a way back to it; null if it is not one that can be answered. */
    Session open(int image, long token, StateLabel held, int stream, String endpoint, long nowNs) {
        Channels channels = link.channelsTo(image);
        if (!channels.isAnswerable(endpoint, stream)) {
            return null;
        }
        if (all.size() >= places + MOST_STRANGERS) {
            all.stream().filter(session -> !session.isMember()).findFirst().ifPresent(this::forget);
        }
        long registrationId = link.connection()
            .aeron()
            .asyncAddExclusivePublication(channels.downlink(endpoint), channels.downlinkStream(stream));
        Session session = new Session(new Peer(image, token, held, registrationId), nowNs);
        byImage.put(image, session);
        all.add(session);
        return session;
    }

    /**
     * Looks for the way back to a peer.
     *
     * @return whether it is there
     * @throws TransportException if there will be none
     */
    boolean connect(Session session) {
        try {
            ExclusivePublication publication = link.connection()
                .aeron()
                .getExclusivePublication(session.peer().registrationId());
            if (publication == null) {
                return false;
            }
            session.connected(new DownlinkProxy(new Claims(publication), shard));
            return true;
        } catch (RegistrationException e) {
            throw new TransportException("there is no way back: " + e.getMessage(), e);
        }
    }

    void forget(Session session) {
        session.close();
        byImage.remove(session.peer().sessionId());
        all.remove(session);
    }

    /** Members answer a failure by leaving, and close once their leave was answered. */
    boolean areThrough() {
        for (Session session : all) {
            if (session.isMember() || session.state() == Peer.State.LEFT && !session.isThrough()) {
                return false;
            }
        }
        return true;
    }

    /** The ways are lost: all peers have to come again. */
    void clear() {
        for (Session session : all) {
            session.end(Peer.State.DEAD);
            try {
                session.close();
            } catch (RuntimeException e) {
                LOG.debug("{} was closed with the media driver", session, e);
            }
        }
        all.clear();
        byImage.clear();
    }
}
