package org.eden4j.transport.aggregator;

import org.eden4j.transport.job.RejectCode;
import org.eden4j.transport.sbe.JoinDecoder;
import org.eden4j.transport.wire.JobTerms;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.StateKind;

/** Whether a join fits the job, and if not, why. */
sealed interface Admission {
    /** The join is granted; whoever has the place gives way. */
    record Granted(int index) implements Admission {}

    /** The join is refused. */
    record Refused(RejectCode code, String reason) implements Admission {}

    /**
     * Judges a join by the job's terms.
     *
     * @param terms the job's; a dimension of 0 takes any
     * @param nowNs by the clock that sessions were heard by
     */
    static Admission judge(JoinDecoder join, String method, JobTerms terms, Members members, long nowNs) {
        if (join.protocol() != Protocol.VERSION) {
            return refuse(RejectCode.VERSION, "protocol version " + join.protocol() + " differs from the job's "
                    + Protocol.VERSION);
        }
        int dimension = join.dimension();
        if (dimension < 1) {
            return refuse(RejectCode.MALFORMED, "dimension must be at least 1, got " + dimension);
        }
        if (terms.dimension() != 0 && terms.dimension() != dimension) {
            return refuse(RejectCode.DIMENSION, "dimension " + dimension + " differs from the job's "
                    + terms.dimension());
        }
        if (terms.dimension() == 0 && dimension > JobTerms.LARGEST_UNTOLD) {
            return refuse(RejectCode.DIMENSION, "dimension " + dimension + " is beyond the " + JobTerms.LARGEST_UNTOLD
                    + " that an aggregator takes unasked: tell it the job's dimension (--dimension) if that is meant");
        }
        if (!method.equals(terms.method().toString())) {
            return refuse(RejectCode.METHOD, "method " + method + " differs from the job's " + terms.method());
        }
        if (join.mtu() != terms.mtu()) {
            return refuse(RejectCode.MTU, "MTU " + join.mtu() + " differs from the job's " + terms.mtu());
        }
        StateKind kind = StateKind.of(join.kind());
        if (kind == null || kind == StateKind.UNDECIDED && join.round() > 0) {
            return refuse(RejectCode.MALFORMED,
                    "there is no kind of state " + join.kind() + " before round " + join.round());
        }
        if (join.round() > Protocol.LAST_RESTORED_ROUND) {
            return refuse(RejectCode.MALFORMED, "a state before round " + join.round() + " is beyond the "
                    + Protocol.LAST_RESTORED_ROUND + " rounds that a job can be restored after");
        }
        return place(join, members, nowNs);
    }

    private static Admission place(JoinDecoder join, Members members, long nowNs) {
        int wanted = join.index();
        long identity = join.identity();
        if (wanted >= members.places() || wanted < -1) {
            return refuse(RejectCode.INDEX_RANGE,
                    "worker number " + wanted + " is not in 0.." + (members.places() - 1));
        }
        if (wanted >= 0 && members.at(wanted) != null && members.isDisplaced(wanted, join.token())) {
            return refuse(RejectCode.INDEX_TAKEN, "worker number " + wanted
                    + " was taken over by another process that has this one's identity");
        }
        if (wanted >= 0) {
            return isFree(wanted, identity, members, nowNs) ? new Granted(wanted)
                    : refuse(RejectCode.INDEX_TAKEN, "worker number " + wanted + " is taken by another member");
        }
        int former = members.placeOf(identity);
        int place = former >= 0 ? former : members.vacant();
        return place >= 0 ? new Granted(place)
                : refuse(RejectCode.JOB_STARTED, "all " + members.places() + " places of the job are taken");
    }

    private static boolean isFree(int place, long identity, Members members, long nowNs) {
        Session holder = members.at(place);
        return holder == null || members.belongsTo(place, identity)
                || holder.liveness().silenceNs(nowNs) > Protocol.TAKEOVER_NS;
    }

    private static Refused refuse(RejectCode code, String reason) {
        return new Refused(code, reason);
    }
}
