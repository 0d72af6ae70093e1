package org.eden4j.transport.aggregator;

import org.eden4j.compressor.UpdateLayout;
import org.eden4j.transport.job.RejectCode;
import org.eden4j.transport.wire.JobTerms;
import org.eden4j.transport.wire.JoinRequest;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.StateKind;

/** The decision on a join: whether it fits the job, and if not, why. */
sealed interface Admission {
    /** The join is granted; the present holder of the place yields it. */
    record Granted(int index, UpdateLayout layout) implements Admission {}

    /** The join is rejected. */
    record Refused(RejectCode code, String reason) implements Admission {}

    /** The join names an unknown layout, whose text is needed. */
    record Asked() implements Admission {}

    /**
     * Decides on a join by the job's terms.
     *
     * @param told the layout whose text the worker has sent; null if it has not
     * @param terms the job's terms; a dimension of 0 accepts any
     * @param nowNs the time by the clock of the sessions
     */
    static Admission judge(JoinRequest join, UpdateLayout told, JobTerms terms, Members members, long nowNs) {
        Admission refused = form(join, terms);
        if (refused != null) {
            return refused;
        }
        UpdateLayout layout = told != null ? told : known(join, terms);
        boolean comparable = terms.layout() != null && (layout == null || isStructured(layout, terms.layout()));
        if (terms.dimension() != 0 && terms.dimension() != join.dimension() && !comparable) {
            return refuse(RejectCode.DIMENSION, dimensions(join, terms));
        }
        if (terms.dimension() == 0 && join.dimension() > JobTerms.LARGEST_UNTOLD) {
            return refuse(RejectCode.DIMENSION, "dimension " + join.dimension() + " is beyond the "
                    + JobTerms.LARGEST_UNTOLD
                    + " that an aggregator takes unasked: tell it the job's dimension (--dimension) if that is meant");
        }
        if (terms.agreement() != null && !terms.agreement().equals(join.agreement())) {
            return refuse(RejectCode.AGREEMENT, "agreement " + quoted(join.agreement()) + " differs from the job's "
                    + quoted(terms.agreement()));
        }
        Admission place = place(join, layout, members, nowNs);
        if (place instanceof Refused) {
            return place;
        }
        return layout == null ? new Asked()
                : terms.layout() == null ? cut(layout, terms, place) : compare(join, layout, terms, place);
    }

    /** Grants the join if the first member's layout can be cut into the job's shards. */
    private static Admission cut(UpdateLayout layout, JobTerms terms, Admission granted) {
        if (terms.shard().isWhole()) {
            return granted;
        }
        try {
            terms.withLayout(layout);
            return granted;
        } catch (IllegalArgumentException e) {
            return refuse(RejectCode.LAYOUT, e.getMessage());
        }
    }

    /** Returns the rejection of a join that is wrong whatever its layout; null if nothing is wrong. */
    private static Admission form(JoinRequest join, JobTerms terms) {
        if (join.protocol() != Protocol.VERSION) {
            return refuse(RejectCode.VERSION, versions(join.protocol()));
        }
        if (join.shard() != terms.shard().index() || join.shards() != terms.shard().count()) {
            return refuse(RejectCode.SHARD, "shard " + join.shard() + " of " + join.shards() + " is not here, this is "
                    + terms.shard().index() + " of " + terms.shard().count());
        }
        int dimension = join.dimension();
        if (dimension < 1) {
            return refuse(RejectCode.MALFORMED, "dimension must be at least 1, got " + dimension);
        }
        if (!join.method().equals(terms.method().toString())) {
            return refuse(RejectCode.METHOD, "method " + join.method() + " differs from the job's " + terms.method());
        }
        if (join.mtu() != terms.mtu()) {
            return refuse(RejectCode.MTU, "MTU " + join.mtu() + " differs from the job's " + terms.mtu());
        }
        if (join.kind() == null || join.kind() == StateKind.UNDECIDED && join.round() > 0) {
            return refuse(RejectCode.MALFORMED,
                    "there is no such kind of state before round " + join.round());
        }
        if (join.round() > Protocol.LAST_RESTORED_ROUND) {
            return refuse(RejectCode.MALFORMED, "a state before round " + join.round() + " is beyond the "
                    + Protocol.LAST_RESTORED_ROUND + " rounds that a job can be restored after");
        }
        if (join.layoutBytes() < 1 || join.layoutBytes() > Protocol.LARGEST_LAYOUT) {
            return refuse(RejectCode.LAYOUT, "the text of a layout has 1 to " + Protocol.LARGEST_LAYOUT
                    + " bytes, this one " + join.layoutBytes());
        }
        return null;
    }

    /** Returns the layout that a join names, if its hash identifies it as the job's or as a single part; null otherwise. */
    private static UpdateLayout known(JoinRequest join, JobTerms terms) {
        if (terms.layout() != null && terms.layout().hash() == join.layoutHash()) {
            return terms.layout();
        }
        UpdateLayout whole = UpdateLayout.whole(join.dimension(), terms.method());
        return whole.hash() == join.layoutHash() ? whole : null;
    }

    private static boolean isStructured(UpdateLayout one, UpdateLayout other) {
        return one.isStructured() || other.isStructured();
    }

    private static Admission compare(JoinRequest join, UpdateLayout layout, JobTerms terms, Admission granted) {
        String difference = layout.difference(terms.layout()).orElse(null);
        if (difference == null) {
            return granted;
        }
        return terms.dimension() == join.dimension()
                ? refuse(RejectCode.LAYOUT, "the layout differs from the job's: " + difference)
                : refuse(RejectCode.DIMENSION, dimensions(join, terms) + ": " + difference);
    }

    /** Returns the reason for rejecting a peer with another version of the protocol. */
    static String versions(int other) {
        return "protocol version " + other + " differs from the job's " + Protocol.VERSION;
    }

    private static String dimensions(JoinRequest join, JobTerms terms) {
        return "dimension " + join.dimension() + " differs from the job's " + terms.dimension();
    }

    /** Returns an agreement in quotes, shortened so that two of them fit a reason. */
    private static String quoted(String agreement) {
        int most = 240;
        return agreement.isEmpty() ? "none"
                : "'" + (agreement.length() <= most ? agreement : agreement.substring(0, most) + "...") + "'";
    }

    private static Admission place(JoinRequest join, UpdateLayout layout, Members members, long nowNs) {
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
            return isFree(wanted, identity, members, nowNs) ? new Granted(wanted, layout)
                    : refuse(RejectCode.INDEX_TAKEN, "worker number " + wanted + " is taken by another member");
        }
        int former = members.placeOf(identity);
        int place = former >= 0 ? former : members.vacant();
        return place >= 0 ? new Granted(place, layout)
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
