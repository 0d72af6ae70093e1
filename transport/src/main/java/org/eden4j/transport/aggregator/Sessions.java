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

/** All peers of an aggregator, members and others, by image. Single-threaded. */
final class Sessions {
    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);
    /** Largest number of other peers answered at a time; the oldest ones are removed for new ones. */
    private static final int MOST_STRANGERS = 64;

    private final int places;
    private final Shard shard;
    private AggregatorLink link;
    private final Int2ObjectHashMap<Session> byImage = new Int2ObjectHashMap<>();
    private final List<Session> all = new ArrayList<>();

    /** @param shard the aggregator's shard */
    Sessions(int places, Shard shard) {
        this.places = places;
        this.shard = shard;
    }

    /** Uses this link from now on. */
    void use(AggregatorLink newLink) {
        link = newLink;
    }

    Session get(int image) {
        return byImage.get(image);
    }

    /** Returns all sessions, in a list that may shrink while it is traversed from its end. */
    List<Session> all() {
        return all;
    }

    /** Opens a session for a new peer, with a link back to it; null if the peer cannot be answered. */
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
     * Checks the link back to a peer.
     *
     * @return whether it is connected
     * @throws TransportException if it cannot be opened
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
            throw new TransportException("there is no link back: " + e.getMessage(), e);
        }
    }

    void forget(Session session) {
        session.close();
        byImage.remove(session.peer().sessionId());
        all.remove(session);
    }

    /** Returns whether all members have answered a failure by leaving, and closed after the answer to their leave. */
    boolean areThrough() {
        for (Session session : all) {
            if (session.isMember() || session.state() == Peer.State.LEFT && !session.isThrough()) {
                return false;
            }
        }
        return true;
    }

    /** Closes all sessions after a loss of the link: all peers must join again. */
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
