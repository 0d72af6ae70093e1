package org.eden4j.transport.aggregator;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.Set;
import org.eden4j.transport.job.RejectCode;
import org.eden4j.transport.wire.DownlinkProxy;
import org.eden4j.transport.wire.FailureCode;
import org.eden4j.transport.wire.JobTerms;

/** What one worker is still to be told, and in which order. Single-threaded. */
final class Notices {
    /** In the order in which they are sent. */
    private enum Notice {
        OFFER, LAYOUT_WANTED, REJECT, WELCOME, START, BEHIND, SUPPLY, RETRY, FAILURE, GOODBYE
    }

    /** What a member must know before states and means make sense to it. */
    private static final Set<Notice> BEFORE_MEANS = EnumSet.of(Notice.WELCOME, Notice.START, Notice.BEHIND,
            Notice.RETRY);

    private final Set<Notice> due = EnumSet.noneOf(Notice.class);
    private long welcomeRound;
    private RejectCode rejectCode;
    private String rejectReason;
    private int supplyParts;
    private long round;
    private int attempt;
    private String retryReason;
    private FailureCode failureCode;
    /** Null as long as the job goes on for it. */
    private String failureReason;

    /** It is a member; the job has this round open. */
    void welcome(long openRound) {
        due.add(Notice.WELCOME);
        welcomeRound = openRound;
    }

    void reject(RejectCode code, String reason) {
        due.add(Notice.REJECT);
        rejectCode = code;
        rejectReason = reason;
    }

    /** It wants to know what the job is. */
    void offer() {
        due.add(Notice.OFFER);
    }

    /** The text of its layout is needed before its join can be judged. */
    void wantLayout() {
        due.add(Notice.LAYOUT_WANTED);
    }

    /** A member asked again. */
    void welcomeAgain() {
        due.add(Notice.WELCOME);
    }

    /** A refused worker asked again. */
    void rejectAgain() {
        due.add(Notice.REJECT);
    }

    /** Its state is the job's before this round. */
    void start(long startRound) {
        due.add(Notice.START);
        due.remove(Notice.BEHIND);
        round = startRound;
    }

    /** Its state is not the job's. */
    void behind(long jobRound) {
        due.add(Notice.BEHIND);
        due.remove(Notice.START);
        round = jobRound;
    }

    /**
     * Asks the member for parts of its state.
     *
     * @param parts bits of Supply
     */
    void supply(int parts) {
        due.add(Notice.SUPPLY);
        supplyParts = parts;
    }

    /** The round failed and begins again. */
    void retry(int newAttempt, String reason) {
        due.add(Notice.RETRY);
        attempt = newAttempt;
        retryReason = reason;
    }

    /** The job is over for it; the first reason stands. */
    void fail(FailureCode code, String reason) {
        if (failureReason == null) {
            due.add(Notice.FAILURE);
            failureCode = code;
            failureReason = reason;
        }
    }

    void goodbye() {
        due.add(Notice.GOODBYE);
    }

    boolean isGoodbyeDue() {
        return due.contains(Notice.GOODBYE);
    }

    /** Whether states and means may follow. */
    boolean isClear() {
        return failureReason == null && Collections.disjoint(due, BEFORE_MEANS);
    }

    /**
     * Sends what is due, up to the first notice for which there is no room.
     *
     * @return notices sent
     */
    int send(DownlinkProxy downlink, long token, int index, JobTerms terms, long cursorRound) {
        int sent = 0;
        Iterator<Notice> notices = due.iterator();
        while (notices.hasNext() && isSent(notices.next(), downlink, token, index, terms, cursorRound)) {
            notices.remove();
            sent++;
        }
        return sent;
    }

    private boolean isSent(
            Notice notice, DownlinkProxy downlink, long token, int index, JobTerms terms, long cursorRound) {
        int epoch = terms.epoch();
        return switch (notice) {
            case OFFER -> downlink.offer(token, terms);
            case LAYOUT_WANTED -> downlink.layoutWanted(token);
            case REJECT -> downlink.reject(token, rejectCode, rejectReason);
            case WELCOME -> downlink.welcome(token, terms, index, welcomeRound);
            case START -> downlink.start(epoch, round);
            case BEHIND -> downlink.behind(epoch, round);
            case SUPPLY -> downlink.supply(epoch, cursorRound, supplyParts);
            case RETRY -> downlink.retry(epoch, cursorRound, attempt, retryReason);
            case FAILURE -> downlink.failure(epoch, cursorRound, failureCode, failureReason);
            case GOODBYE -> downlink.goodbye(epoch, index);
        };
    }
}
