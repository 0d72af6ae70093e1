package org.eden4j.transport.wire;

/** What members of a job have in common beside the number of the round. The wire id is stable. */
public enum StateKind {
    /** Not known yet: nothing was exchanged or shared. */
    UNDECIDED(0),
    /** Nothing. */
    NONE(1),
    /** A model to which every mean is added, see {@link org.eden4j.transport.Worker#shareModel}. */
    MODEL(2),
    /** What only the members' programs understand, see {@link org.eden4j.transport.Worker#shareState}. */
    REPLICA(3);

    private static final StateKind[] VALUES = values();

    private final int wireId;

    StateKind(int wireId) {
        this.wireId = wireId;
    }

    int wireId() {
        return wireId;
    }

    /** The kind with this id; null if there is none. */
    public static StateKind of(long wireId) {
        return wireId >= 0 && wireId < VALUES.length ? VALUES[(int) wireId] : null;
    }
}
