package org.eden4j.transport.aggregator;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.NanoClock;
import org.eden4j.compressor.NonFiniteGradientException;
import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.job.Standing;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.mean.DropCounters;
import org.eden4j.transport.mean.JobTally;
import org.eden4j.transport.mean.MeanStore;
import org.eden4j.transport.media.LongWork;
import org.eden4j.transport.media.MediaDriverHost;
import org.eden4j.transport.media.PatientClock;
import org.eden4j.transport.media.Reconnector;
import org.eden4j.transport.wire.FailureCode;
import org.eden4j.transport.wire.JobTerms;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.UplinkAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The aggregator's duty cycle: receives messages, sends members what is due, closes rounds, and checks deadlines. One
 * thread, no locks; only opening a lost link again blocks.
 *
 * <p>{@link UplinkHandler} checks messages, {@link JobLifecycle} has the members and phases, {@link Rounds} the rounds,
 * and {@link StateHandler} the states.
 */
public final class AggregatorAgent implements Agent {
    private static final Logger LOG = LoggerFactory.getLogger(AggregatorAgent.class);
    private static final int FRAGMENTS = 8;
    /** Idle duty cycles after which a contribution that waits for others is added: about a millisecond. */
    private static final int PATIENCE = 10;

    private final Reconnector<AggregatorLink> reconnector;
    private final PatientClock clock;
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final Sessions sessions;
    private final DropCounters drops = new DropCounters();
    private final JobTally tally = new JobTally(drops);
    private final JobLifecycle job;
    private final UplinkHandler handler;
    private final UplinkAdapter adapter;
    private final LongFunction<MeanStore> means;

    private AggregatorLink link;
    private volatile boolean closeRequested;
    private volatile Standing standing = Standing.NONE;
    private long tickNs;
    private long lostNs;
    private int idleCycles;

    /**
     * @param opener opens a link that replaces a lost one
     * @param starters the number of members with which the job starts
     */
    public AggregatorAgent(AggregatorLink link, Supplier<AggregatorLink> opener, JobTerms terms, int starters,
            NanoClock nanoClock, Consumer<RoundStatistics> onRound) {
        this.link = link;
        reconnector = new Reconnector<>(opener);
        clock = new PatientClock(nanoClock);
        Members members = new Members(terms.workers(), starters);
        sessions = new Sessions(terms.workers(), terms.shard());
        sessions.use(link);
        job = new JobLifecycle(terms, members, sessions, tally, clock, new LongWork(this::giveSigns), onRound);
        handler = new UplinkHandler(job, members, sessions, drops, clock);
        adapter = new UplinkAdapter(handler, terms.shard());
        means = round -> job.rounds() == null ? null : job.rounds().store(round);
    }

    /** Returns a future that completes when every member has left, or exceptionally when the job has failed. */
    public CompletableFuture<Void> end() {
        return end;
    }

    /** Requests the end of the job, from any thread; members are informed. */
    public void requestClose() {
        closeRequested = true;
    }

    /** Returns the progress of the job as of the last tick; from any thread. */
    public Standing standing() {
        return standing;
    }

    @Override
    public String roleName() {
        return "eden4j-aggregator";
    }

    @Override
    public int doWork() {
        try {
            return dutyCycle();
        } catch (TransportException e) {
            job.fail(FailureCode.INTERNAL, e);
        } catch (NonFiniteGradientException e) {
            job.fail(FailureCode.INTERNAL, new TransportException("the mean of round " + job.rounds().current()
                    + " cannot be sent as " + job.terms().downlink() + ": " + e.getMessage(), e));
        } catch (AgentTerminationException e) {
            throw e;
        } catch (RuntimeException e) {
            if (link == null || !link.isEndedBy(e)) {
                job.fail(FailureCode.INTERNAL, new TransportException("the aggregator failed: " + e, e));
            }
        }
        return 1;
    }

    private int dutyCycle() {
        if (job.isEnded()) {
            throw new AgentTerminationException();
        }
        clock.advance();
        if (closeRequested && !job.isEnding()) {
            job.fail(FailureCode.CLOSED, new TransportException("the aggregator was closed"));
        }
        if (!isLinked()) {
            return 0;
        }
        int work = handler.counted(link.poll(adapter, FRAGMENTS));
        work += job.advance() ? 1 : 0;
        for (int i = sessions.all().size() - 1; i >= 0; i--) {
            work += serve(sessions.all().get(i));
        }
        if (clock.realNs() - tickNs > Protocol.TICK_NS) {
            tickNs = clock.realNs();
            tick();
        }
        idleCycles = work > 0 ? 0 : idleCycles + 1;
        return idleCycles > PATIENCE && job.isRunning() && job.rounds().addEarly() ? 1 : work;
    }

    /** Tries at intervals to open a lost link again, until the time limit. */
    private boolean isLinked() {
        if (link != null && !link.isClosed()) {
            return true;
        }
        if (job.isEnding()) {
            job.end();
            return false;
        }
        long nowNs = clock.realNs();
        if (link != null) {
            LOG.warn("{}; the aggregator looks for a new one", MediaDriverHost.LOST);
            job.disconnect();
            link.close();
            lostNs = nowNs;
            reconnector.lost(nowNs, 0);
        }
        link = reconnector.open(nowNs);
        if (link != null) {
            sessions.use(link);
            LOG.info("the aggregator listens again at {}", link.connection().channels().address());
        } else if (reconnector.failure() != null && nowNs - lostNs > job.terms().joinTimeoutNs()) {
            RuntimeException reason = reconnector.failure();
            job.fail(FailureCode.INTERNAL, new TransportException(MediaDriverHost.LOST + ", and no other appeared for "
                    + TimeUnit.NANOSECONDS.toMillis(nowNs - lostNs) + " ms: " + reason.getMessage(), reason));
        }
        return link != null;
    }

    private int serve(Session session) {
        try {
            return session.isConnecting() && !sessions.connect(session) ? 0
                    : session.service(job.terms(), means, job.agreement().isShared(), clock.nowNs());
        } catch (TransportException e) {
            LOG.warn("{} cannot be reached any more: {}", session, e.getMessage());
            job.remove(session);
            return 1;
        }
    }

    /** Sends heartbeats in the middle of a long step. */
    private void giveSigns() {
        if (link != null && !link.isClosed()) {
            sessions.all().forEach(session -> session.giveSign(job.terms().epoch()));
        }
    }

    private void tick() {
        for (int i = sessions.all().size() - 1; i >= 0; i--) {
            Session session = sessions.all().get(i);
            if (link.hasImage(session.peer().sessionId())) {
                job.checkSilence(session);
            } else {
                if (session.isMember()) {
                    LOG.warn("{} is gone", session);
                }
                job.remove(session);
            }
        }
        if (job.isRunning()) {
            standing = job.rounds().standing();
        }
        job.tick();
        link.counters().show(tally);
    }

    @Override
    public void onClose() {
        sessions.clear();
        if (link != null) {
            link.counters().show(tally);
            link.close();
        }
        job.close();
        if (job.failure() != null) {
            end.completeExceptionally(job.failure());
        } else {
            end.complete(null);
        }
    }
}
