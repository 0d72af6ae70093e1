package org.eden4j.transport.aggregator;

import java.util.Objects;
import org.eden4j.transport.mean.Drop;
import org.eden4j.transport.mean.DropCounters;
import org.eden4j.transport.sbe.StateBeginDecoder;
import org.eden4j.transport.state.StateImage;
import org.eden4j.transport.state.StateReceiver;
import org.eden4j.transport.state.SupplyCheck;
import org.eden4j.transport.wire.FailureCode;
import org.eden4j.transport.wire.JobTerms;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.StateKind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings members to the job's state: sends it if the aggregator has it, and otherwise lets a member supply it first.
 * One member supplies at a time. Single-threaded, like the agent that owns it.
 */
final class StateHandler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StateHandler.class);

    private static final String BEFORE = " before the first exchange on all of them or on none";

    private final JobTerms terms;
    private final Members members;
    private final JobState state;
    private final DropCounters drops;
    private Session source;
    /** Requested parts, as bits of Supply. */
    private int wanted;
    private StateReceiver inbox;

    StateHandler(JobTerms terms, Members members, JobState state, DropCounters drops) {
        this.terms = terms;
        this.members = members;
        this.state = state;
        this.drops = drops;
    }

    /** Returns the member that was asked to supply; null if there is none. */
    Session source() {
        return source;
    }

    /** Requests these parts of a member's state. */
    void ask(Session member, int parts) {
        abandon();
        source = member;
        wanted = parts;
        member.notices().supply(parts);
        LOG.debug("{} is to supply the job's state", member);
    }

    /** Returns whether a source was asked and can still be expected to answer. */
    boolean isAsking() {
        if (source != null && source.progress().isPaused() && inbox == null
                && (wanted & Protocol.SUPPLY_REMAINDER) != 0) {
            LOG.debug("{} has paused before it was asked to supply the job's state", source);
            abandon();
        }
        if (source != null
                && (!source.isMember() || source.liveness().isSilent() || members.at(source.index()) != source)) {
            LOG.warn("{} does not supply the job's state any more", source);
            abandon();
        }
        return source != null;
    }

    private void abandon() {
        if (inbox != null) {
            inbox.close();
            inbox = null;
        }
        source = null;
    }

    /** Returns whether the kind of state that a member has or requests is the job's; the first member to state one decides. */
    boolean agrees(Session member, StateKind kind, boolean begun) {
        if (state.kind() == StateKind.UNDECIDED && !begun) {
            state.decide(kind);
        }
        StateKind job = state.kind() == StateKind.UNDECIDED ? StateKind.NONE : state.kind();
        if (kind != job) {
            member.notices()
                .fail(FailureCode.MISMATCH, "the other members share " + switch (job) {
                    case UNDECIDED, NONE -> "no state: call shareModel and shareState on all of them or on none";
                    case MODEL -> "a model: call shareModel" + BEFORE;
                    case REPLICA -> "a state: call shareState" + BEFORE;
                    case MODEL_AND_REMAINDER -> "a model and a remainder: call shareModel with both" + BEFORE;
                });
            return false;
        }
        return true;
    }

    /** Returns whether a member may send an update; the first update to a job without a state decides that it has none. */
    boolean mayExchange(Session member, boolean begun) {
        return state.kind() == StateKind.NONE || agrees(member, StateKind.NONE, begun);
    }

    /** Serves the members that wait for a state. */
    void serve(Rounds rounds) {
        serve(rounds, false);
    }

    /**
     * Serves the members that wait for a state.
     *
     * @param orphaned whether no member has a remainder, nor is one expected to return with it: the first member then
     *     gets the model alone, and the others its remainder
     */
    void serve(Rounds rounds, boolean orphaned) {
        isAsking();
        members.where(member -> member.progress().isReady() && !rounds.isBarred(member))
            .stream()
            .mapToObj(members::at)
            .forEach(member -> serve(member, rounds, orphaned && member == members.first()));
    }

    private void serve(Session member, Rounds rounds, boolean orphaned) {
        if (!state.isShared() && rounds.reach().mayBeReachedSoon()) {
            return;
        }
        StateImage image = imageFor(member, rounds);
        if (image != null) {
            drops.count(Drop.RESYNC);
            member.progress().stream(image, image.round() < rounds.current(), terms.mtu());
        } else if (source == null && !state.hasRemainderOf(rounds.current())) {
            Session next = nextSource(rounds);
            if (next != null) {
                ask(next, next.progress().sync() == Sync.SYNCED ? Protocol.SUPPLY_REMAINDER : state.kind().parts());
            } else if (state.kind() == StateKind.MODEL_AND_REMAINDER && (orphaned || isAlone(member))) {
                drops.count(Drop.RESYNC);
                try (StateImage alone = state.modelAlone(rounds.current())) {
                    member.progress().stream(alone, false, terms.mtu());
                }
            }
        }
    }

    /** Returns whether no other member could supply a remainder to a paused member, which then keeps its own. */
    private boolean isAlone(Session member) {
        return member.progress().isPaused()
                && members.where(other -> other.isActive() && !other.progress().isPaused()).isEmpty();
    }

    /** Makes members whose state before an ended round differed from the job's adopt the job's. */
    void realign(Rounds rounds) {
        state.takeDiverged().stream().mapToObj(members::at).filter(Objects::nonNull).forEach(member -> {
            drops.count(Drop.DIVERGED);
            LOG.warn("the state of {} before round {} differs from the job's, which it adopts", member,
                    rounds.current() - 1);
            member.behind(rounds.current());
            rounds.withdraw(member);
        });
    }

    /** Serves the members that wait for a remainder whose round has ended since: at once, before the next round outruns it. */
    void catchUp(Rounds rounds) {
        if (state.hasRemainderOf(rounds.current() - 1) && !state.hasImageOf(rounds.current())) {
            serve(rounds);
        }
    }

    /**
     * Returns the state from which a member continues; null if there is none yet. If the mean of the last ended round
     * may have been lost with all members to which it was sent, a member before that round applies it as well: the
     * counted updates are nowhere else. A remainder is usable once its round has ended, or if that round needs the
     * member to end.
     */
    private StateImage imageFor(Session member, Rounds rounds) {
        long ended = rounds.current() - 1;
        StateImage image = rounds.reach().isReached() || member.progress().readyRound() > ended ? null
                : state.imageBefore(ended);
        if (image == null) {
            image = state.image(rounds.current());
        }
        if (image == null && state.hasRemainderOf(rounds.current()) && !canEnd()) {
            image = state.compose(rounds.current());
        }
        StateImage last = state.lastImage();
        return image == null && last != null && rounds.canFollow(last.round()) ? last : image;
    }

    /** Returns whether the open round can end without the members that wait for a state. */
    private boolean canEnd() {
        return members.where(Session::isActive).cardinality() >= members.quorum(terms.quorum());
    }

    private Session nextSource(Rounds rounds) {
        int synced = members.where(member -> member.canSupply(rounds.current()))
            .nextSetBit(0);
        if (synced >= 0) {
            return members.at(synced);
        }
        Session first = members.first();
        boolean initial = rounds.current() == 0 && !rounds.hasBegun();
        return initial && first.progress().isReady() ? first : null;
    }

    /** Returns whether a member was asked to supply. */
    boolean isSource(Session member) {
        return member == source;
    }

    /** Accepts the head of the source's state, which has been checked. */
    void begin(StateBeginDecoder begin) {
        if (inbox != null) {
            inbox.close();
        }
        inbox = new StateReceiver(StateKind.of(begin.kind()), begin.round(), false, begin.modelBytes(),
                begin.remainderBytes(), (int) begin.ledgerBytes(), terms.mtu());
    }

    /** Returns the check of a source's state while rounds run, or before the first round. */
    SupplyCheck check(Session from, Rounds rounds) {
        return new SupplyCheck(from.index(), state.kind(), wanted, state.remainderBytes(), 0, rounds.current());
    }

    /** Returns the flaw of a head as a sentence; null if it has none. */
    String flaw(SupplyCheck check, StateBeginDecoder begin) {
        return check.flaw(begin, terms);
    }

    boolean part(Session member, long part, long payload, int payloadLength) {
        return member == source && inbox != null && inbox.accept(part, payload, payloadLength);
    }

    /**
     * Ends the source's state.
     *
     * @return the state, which the caller closes; null if it is incomplete, in which case it is requested again
     */
    StateImage end(Session member, long hash) {
        if (member != source || inbox == null) {
            return null;
        }
        StateImage image = null;
        if (inbox.isWhole(hash)) {
            image = inbox.image().hold();
        } else {
            LOG.warn("the state that {} supplied arrived damaged and is requested again", member);
        }
        abandon();
        return image;
    }

    /** Accepts the source's state while rounds run, or before the first round. */
    void take(Session from, StateImage image, long openRound) {
        if (from.progress().sync() == Sync.SYNCED || openRound > 0) {
            state.relay(image);
        } else {
            state.restore(image);
            from.synced(image.round());
        }
    }

    @Override
    public void close() {
        abandon();
    }
}
