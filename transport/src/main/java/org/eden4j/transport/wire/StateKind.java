package org.eden4j.transport.wire;

/** What members of a job have in common beside the number of the round. The wire id is stable. */
public enum StateKind {
    /** Not known yet: nothing was exchanged or shared. */
    UNDECIDED(0, 0),
    /** Nothing. */
    NONE(1, 0),
    /** A model to which every mean is added, see {@link org.eden4j.transport.Worker#shareModel}. */
    MODEL(2, Protocol.SUPPLY_MODEL),
    /** What only the members' programs understand, see {@link org.eden4j.transport.Worker#shareState}. */
    REPLICA(3, Protocol.SUPPLY_REMAINDER),
    /** A model, and what only the members' programs understand of the rest. */
    MODEL_AND_REMAINDER(4, Protocol.SUPPLY_MODEL | Protocol.SUPPLY_REMAINDER);

    private static final StateKind[] VALUES = values();

    private final int wireId;
    private final int parts;

    StateKind(int wireId, int parts) {
        this.wireId = wireId;
        this.parts = parts;
    }

    int wireId() {
        return wireId;
    }

    /** All that there is in it, as bits of Supply. */
    public int parts() {
        return parts;
    }

    /** What restores a job: the model where there is one, since the remainder may be had from any member later. */
    public int restoringParts() {
        return hasModel() ? Protocol.SUPPLY_MODEL : parts;
    }

    /** Whether there is a model to which every mean is added. */
    public boolean hasModel() {
        return (parts & Protocol.SUPPLY_MODEL) != 0;
    }

    /** Whether there are bytes that only the members' programs understand. */
    public boolean hasRemainder() {
        return (parts & Protocol.SUPPLY_REMAINDER) != 0;
    }

    /** The kind with this id; null if there is none. */
    public static StateKind of(long wireId) {
        return wireId >= 0 && wireId < VALUES.length ? VALUES[(int) wireId] : null;
    }
}
