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
 * Brings members to the job's state: sends it where the aggregator has it, and otherwise has a member supply it first.
 * One member supplies at a time. Single-threaded, as the agent that owns it.
 */
final class StateHandler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StateHandler.class);

    private static final String BEFORE = " before the first exchange on all of them or on none";

    private final JobTerms terms;
    private final Members members;
    private final JobState state;
    private final DropCounters drops;
    private Session source;
    /** What it was asked for, as bits of Supply. */
    private int wanted;
    private StateReceiver inbox;

    StateHandler(JobTerms terms, Members members, JobState state, DropCounters drops) {
        this.terms = terms;
        this.members = members;
        this.state = state;
        this.drops = drops;
    }

    /** Who was asked to supply; null if nobody was. */
    Session source() {
        return source;
    }

    /** Asks a member for these parts of its state. */
    void ask(Session member, int parts) {
        abandon();
        source = member;
        wanted = parts;
        member.notices().supply(parts);
        LOG.debug("{} is to supply the job's state", member);
    }

    /** Whether a source was asked and can still be hoped for. */
    boolean isAsking() {
        if (source != null && source.progress().isPaused() && inbox == null) {
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

    /** Whether the state of which this kind is that a member has or wants is the job's; the first to say one decides. */
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

    /** Whether a member may send an update: the first of a job without a state decides that it has none. */
    boolean mayExchange(Session member, boolean begun) {
        return state.kind() == StateKind.NONE || agrees(member, StateKind.NONE, begun);
    }

    /** Serves the members that wait for a state. */
    void serve(Rounds rounds) {
        isAsking();
        members.where(member -> member.progress().isReady() && !rounds.isBarred(member))
            .stream()
            .mapToObj(members::at)
            .forEach(member -> serve(member, rounds));
    }

    private void serve(Session member, Rounds rounds) {
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
            } else if (isAlone(member)) {
                drops.count(Drop.RESYNC);
                try (StateImage alone = state.modelAlone(rounds.current())) {
                    member.progress().stream(alone, false, terms.mtu());
                }
            }
        }
    }

    /** Whether a member that has paused finds nobody who could supply a remainder: it keeps its own. */
    private boolean isAlone(Session member) {
        return state.kind() == StateKind.MODEL_AND_REMAINDER && member.progress().isPaused()
                && members.where(other -> other.isActive() && !other.progress().isPaused()).isEmpty();
    }

    /** A round has ended: members whose state before it was another than the job's take the job's. */
    void realign(Rounds rounds) {
        state.takeDiverged().stream().mapToObj(members::at).filter(Objects::nonNull).forEach(member -> {
            drops.count(Drop.DIVERGED);
            LOG.warn("the state of {} before round {} is not that of the job: it takes that over", member,
                    rounds.current() - 1);
            member.behind(rounds.current());
            rounds.withdraw(member);
        });
    }

    /** Serves those for whom a remainder was supplied whose round has ended since: at once, or the next round outruns it. */
    void catchUp(Rounds rounds) {
        if (state.hasRemainderOf(rounds.current() - 1) && !state.hasImageOf(rounds.current())) {
            serve(rounds);
        }
    }

    /**
     * The state that a member goes on from; null if there is none yet. Where the mean of the round that has ended last may
     * have been lost with all that it was sent to, a member that stands before that round takes it as well: what was counted
     * in it is nowhere else. A remainder is of use once its round has ended, or where that round needs the member to end.
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

    /** Whether the open round can end without those that wait for a state. */
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

    /** Whether a member was asked to supply. */
    boolean isSource(Session member) {
        return member == source;
    }

    /** The head of what the source supplies; it was checked. */
    void begin(StateBeginDecoder begin) {
        if (inbox != null) {
            inbox.close();
        }
        inbox = new StateReceiver(StateKind.of(begin.kind()), begin.round(), false, begin.modelBytes(),
                begin.remainderBytes(), (int) begin.ledgerBytes(), terms.mtu());
    }

    /** What a source is to supply while rounds go on, or before the first of them. */
    SupplyCheck check(Session from, Rounds rounds) {
        return new SupplyCheck(from.index(), state.kind(), wanted, state.remainderBytes(), 0, rounds.current());
    }

    /** Whether a head is what the source is to supply: a sentence if it is not, null if it is. */
    String flaw(SupplyCheck check, StateBeginDecoder begin) {
        return check.flaw(begin, terms);
    }

    boolean part(Session member, long part, long payload, int payloadLength) {
        return member == source && inbox != null && inbox.accept(part, payload, payloadLength);
    }

    /**
     * The source has sent everything.
     *
     * @return the state, which the caller closes; null if it is not whole, and then it is asked for again
     */
    StateImage end(Session member, long hash) {
        if (member != source || inbox == null) {
            return null;
        }
        StateImage image = null;
        if (inbox.isWhole(hash)) {
            image = inbox.image().hold();
        } else {
            LOG.warn("the state that {} supplied came in damaged, it is asked for again", member);
        }
        abandon();
        return image;
    }

    /** The source has supplied its state while rounds go on, or before the first of them. */
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
