package org.eden4j.transport;

import org.eden4j.transport.sbe.JoinDecoder;

/** Whether a join fits the job, and if not, why. */
sealed interface Admission {
    /** The join is granted. */
    record Granted(int index) implements Admission {}

    /** The join is refused. */
    record Refused(RejectCode code, String reason) implements Admission {}

    /**
     * Judges a join by the job's terms.
     *
     * @param terms the job's; a dimension of 0 takes any
     * @param members by worker number, null where the place is free
     */
    static Admission judge(JoinDecoder join, String method, JobTerms terms, Session[] members) {
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
        if (!method.equals(terms.method().toString())) {
            return refuse(RejectCode.METHOD, "method " + method + " differs from the job's " + terms.method());
        }
        if (join.mtu() != terms.mtu()) {
            return refuse(RejectCode.MTU, "MTU " + join.mtu() + " differs from the job's " + terms.mtu());
        }
        return place(join.index(), members);
    }

    private static Admission place(int wanted, Session[] members) {
        if (wanted >= members.length || wanted < -1) {
            return refuse(RejectCode.INDEX_RANGE, "worker number " + wanted + " is not in 0.." + (members.length - 1));
        }
        if (wanted >= 0) {
            return members[wanted] == null ? new Granted(wanted)
                    : refuse(RejectCode.INDEX_TAKEN, "worker number " + wanted + " is taken by another member");
        }
        for (int index = 0; index < members.length; index++) {
            if (members[index] == null) {
                return new Granted(index);
            }
        }
        return refuse(RejectCode.JOB_STARTED, "all " + members.length + " places of the job are taken");
    }

    private static Refused refuse(RejectCode code, String reason) {
        return new Refused(code, reason);
    }
}
