package org.eden4j.transport.aggregator;

import org.eden4j.compressor.UpdateLayout;
import org.eden4j.transport.job.RejectCode;
import org.eden4j.transport.mean.Drop;
import org.eden4j.transport.mean.DropCounters;
import org.eden4j.transport.media.PatientClock;
import org.eden4j.transport.sbe.AskDecoder;
import org.eden4j.transport.sbe.HeartbeatDecoder;
import org.eden4j.transport.sbe.JoinDecoder;
import org.eden4j.transport.sbe.LayoutPartDecoder;
import org.eden4j.transport.sbe.LeaveDecoder;
import org.eden4j.transport.sbe.PauseDecoder;
import org.eden4j.transport.sbe.ReadyDecoder;
import org.eden4j.transport.sbe.ReplicaHashDecoder;
import org.eden4j.transport.sbe.StateBeginDecoder;
import org.eden4j.transport.sbe.StateDecoder;
import org.eden4j.transport.sbe.StateEndDecoder;
import org.eden4j.transport.sbe.UpdateDecoder;
import org.eden4j.transport.sbe.UpdateEndDecoder;
import org.eden4j.transport.state.LayoutReceiver;
import org.eden4j.transport.state.StateImage;
import org.eden4j.transport.wire.JoinRequest;
import org.eden4j.transport.wire.MalformedMessageException;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.StateKind;
import org.eden4j.transport.wire.StateLabel;
import org.eden4j.transport.wire.UplinkListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks sender, worker number and epoch of each message to the aggregator, and passes it on or counts it. */
final class UplinkHandler implements UplinkListener {
    private static final Logger LOG = LoggerFactory.getLogger(UplinkHandler.class);

    private final JobLifecycle job;
    private final Members members;
    private final Sessions sessions;
    private final DropCounters drops;
    private final PatientClock clock;
    /** Number of heartbeats since {@link #counted}, which are not work: otherwise an idle agent would never park for long. */
    private int heartbeats;

    UplinkHandler(JobLifecycle job, Members members, Sessions sessions, DropCounters drops, PatientClock clock) {
        this.job = job;
        this.members = members;
        this.sessions = sessions;
        this.drops = drops;
        this.clock = clock;
    }

    /** Fragments received by the last poll, heartbeats excluded. */
    int counted(int fragments) {
        int work = fragments - heartbeats;
        heartbeats = 0;
        return work;
    }

    @Override
    public void onJoin(int image, JoinDecoder decoder, String method, String endpoint, String agreement) {
        Session known = sessions.get(image);
        if (known != null) {
            known.answerAgain(clock.nowNs());
            return;
        }
        JoinRequest join = JoinRequest.of(decoder, method, agreement);
        if (job.holdsBack(join)) {
            return;
        }
        Session session = job.isEnding() ? null
                : sessions.open(image, join.token(), join.held(), decoder.stream(), endpoint,
                        clock.nowNs());
        if (session == null) {
            drops.count(Drop.FOREIGN);
            return;
        }
        judge(session, join, null);
    }

    @Override
    public void onAsk(int image, AskDecoder ask, String endpoint) {
        Session known = sessions.get(image);
        if (known != null) {
            known.answerAgain(clock.nowNs());
            return;
        }
        Session session = job.isEnding() ? null
                : sessions.open(image, ask.token(), StateLabel.BLANK, ask.stream(), endpoint, clock.nowNs());
        if (session == null) {
            drops.count(Drop.FOREIGN);
        } else if (ask.protocol() != Protocol.VERSION) {
            refuse(session, RejectCode.VERSION, Admission.versions(ask.protocol()));
        } else {
            session.inquire();
        }
    }

    /** @param told the layout whose text the worker has sent; null if it has not */
    private void judge(Session session, JoinRequest join, UpdateLayout told) {
        switch (Admission.judge(join, told, job.terms(), members, clock.nowNs())) {
            case Admission.Refused refused -> refuse(session, refused.code(), refused.reason());
            case Admission.Asked _ -> session.ask(join, job.terms().mtu());
            case Admission.Granted granted -> job.admit(session, join, granted);
        }
    }

    private static void refuse(Session session, RejectCode code, String reason) {
        LOG.info("rejected a worker: {}", reason);
        session.end(Peer.State.REJECTED);
        session.notices().reject(code, reason);
    }

    @Override
    public void onLayoutPart(int image, LayoutPartDecoder part, long payload, int payloadLength) {
        Session session = sessions.get(image);
        if (session == null || session.layout() == null || part.token() != session.peer().token()) {
            drops.count(Drop.FOREIGN);
            return;
        }
        LayoutReceiver layout = session.layout();
        if (!layout.accept(part.part(), payload, payloadLength)) {
            drops.count(Drop.REJECTED);
        } else if (layout.isComplete()) {
            JoinRequest join = layout.join();
            session.answered();
            try {
                UpdateLayout told = job.parse(layout);
                if (told.dimension() != join.dimension()) {
                    refuse(session, RejectCode.MALFORMED, "dimension " + join.dimension() + " is not the "
                            + told.dimension() + " of the layout");
                } else if (!job.isEnding()) {
                    judge(session, join, told);
                }
            } catch (MalformedMessageException e) {
                refuse(session, RejectCode.LAYOUT, "the layout cannot be read here: " + e.getMessage());
            }
        }
    }

    @Override
    public void onUpdate(int image, UpdateDecoder update, long payload, int payloadLength) {
        Session session = heard(image, update.epoch(), update.worker());
        if (session == null) {
            return;
        }
        if (!job.isRunning()) {
            drops.count(Drop.REJECTED);
        } else if (session.progress().sync() != Sync.INITIAL
                || job.agreement().states().mayExchange(session, job.rounds().hasBegun())) {
            job.rounds().update(session, update, payload, payloadLength);
        } else {
            drops.count(Drop.REJECTED);
        }
    }

    @Override
    public void onUpdateEnd(int image, UpdateEndDecoder updateEnd) {
        Session session = heard(image, updateEnd.epoch(), updateEnd.worker());
        if (session == null) {
            return;
        }
        if (job.isRunning() && job.terms().unreliable()) {
            job.rounds().updateEnd(session, updateEnd);
        } else {
            drops.count(Drop.REJECTED);
        }
    }

    @Override
    public void onPause(int image, PauseDecoder pause) {
        Session session = heard(image, pause.epoch(), pause.worker());
        if (session != null && job.isRunning()) {
            session.progress().pause();
            job.rounds().withdraw(session);
        }
    }

    @Override
    public void onReplicaHash(int image, ReplicaHashDecoder said) {
        Session session = heard(image, said.epoch(), said.worker());
        if (session == null) {
            return;
        }
        int interval = job.terms().hashInterval();
        if (job.isRunning() && session.takesPart() && interval > 0 && said.round() == job.rounds().current()
                && said.round() % interval == 0) {
            job.agreement().state().hashes().enter(said.round(), session.index(), said.hash());
        } else {
            drops.count(said.round() < (job.isRunning() ? job.rounds().current() : 0) ? Drop.LATE : Drop.REJECTED);
        }
    }

    @Override
    public void onReady(int image, ReadyDecoder ready) {
        Session session = heard(image, ready.epoch(), ready.worker());
        StateKind kind = StateKind.of(ready.kind());
        if (session == null || !job.isRunning()) {
            return;
        }
        if (kind == null || kind == StateKind.UNDECIDED) {
            drops.count(Drop.REJECTED);
        } else if (!hasResumed(session, kind, ready.round())
                && (session.progress().sync() == Sync.BEHIND || session.progress().sync() == Sync.INITIAL)) {
            boolean begun = job.rounds().hasBegun() || job.rounds().current() > 0;
            if (job.agreement().states().agrees(session, kind, begun)) {
                session.progress().ready(kind, ready.round());
                job.agreement().states().serve(job.rounds());
            }
        }
    }

    /**
     * Returns whether a paused member continues at once, because it is before the open round and has everything that it
     * needs there.
     */
    private boolean hasResumed(Session session, StateKind kind, long round) {
        if (!session.progress().isPaused() || !session.progress().resume(round, job.rounds().current())) {
            return false;
        }
        boolean initial = session.progress().sync() == Sync.INITIAL;
        if (initial && (kind != StateKind.NONE
                || !job.agreement().states().mayExchange(session, job.rounds().hasBegun()))) {
            return false;
        }
        session.notices().start(round);
        return true;
    }

    @Override
    public void onStateBegin(int image, StateBeginDecoder begin) {
        Session session = heard(image, begin.epoch(), begin.worker());
        if (session == null) {
            return;
        }
        if (!job.agreement().states().isSource(session)) {
            drops.count(Drop.REJECTED);
            return;
        }
        String flaw = job.agreement().states().flaw(job.check(session), begin);
        if (flaw == null) {
            job.agreement().states().begin(begin);
        } else {
            drops.count(Drop.REJECTED);
            job.refuse(session, flaw);
        }
    }

    @Override
    public void onState(int image, StateDecoder state, long payload, int payloadLength) {
        Session session = heard(image, state.epoch(), state.worker());
        if (session != null && !job.agreement().states().part(session, state.frame(), payload, payloadLength)) {
            drops.count(Drop.REJECTED);
        }
    }

    @Override
    public void onStateEnd(int image, StateEndDecoder stateEnd) {
        Session session = heard(image, stateEnd.epoch(), stateEnd.worker());
        if (session == null) {
            return;
        }
        try (StateImage whole = job.agreement().states().end(session, stateEnd.hash())) {
            if (whole == null) {
                drops.count(Drop.REJECTED);
            } else {
                job.supplied(session, whole);
            }
        }
    }

    @Override
    public void onHeartbeat(int image, HeartbeatDecoder heartbeat) {
        heartbeats++;
        Session session = heard(image, heartbeat.epoch(), heartbeat.worker());
        if (session != null && job.isRunning()) {
            job.rounds().reach().heard(session, heartbeat.round());
        }
    }

    @Override
    public void onLeave(int image, LeaveDecoder leave, String reason) {
        Session session = sessions.get(image);
        if (session == null || leave.worker() != session.index()) {
            drops.count(Drop.FOREIGN);
        } else if ((int) leave.epoch() != job.terms().epoch()) {
            drops.count(Drop.STALE);
        } else if (session.isMember()) {
            if (!reason.isEmpty()) {
                LOG.warn("worker {} leaves: {}", session.index(), reason);
            }
            job.gone(session, true);
            session.notices().goodbye();
        }
    }

    @Override
    public void onMalformed(int image) {
        drops.count(sessions.get(image) != null ? Drop.REJECTED : Drop.FOREIGN);
    }

    /** Returns the member that sent a frame; counts frames of unknown senders, of other epochs and with other numbers. */
    private Session heard(int image, long epoch, int worker) {
        Session session = sessions.get(image);
        if (session == null || !session.isMember()) {
            drops.count(Drop.FOREIGN);
            return null;
        }
        session.liveness().heard(clock.nowNs());
        if ((int) epoch != job.terms().epoch()) {
            drops.count(Drop.STALE);
            return null;
        }
        if (worker != session.index()) {
            drops.count(Drop.FOREIGN);
            return null;
        }
        return session;
    }
}
