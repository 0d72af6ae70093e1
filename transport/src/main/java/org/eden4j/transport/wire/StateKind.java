package org.eden4j.transport.wire;

/** The kind of state that members of a job have in common, besides the number of the round. Wire ids are stable. */
public enum StateKind {
    /** Unknown: nothing has been exchanged or shared. */
    UNDECIDED(0, 0),
    /** No common state. */
    NONE(1, 0),
    /** A model to which every mean is added, see {@link org.eden4j.transport.Worker#shareModel}. */
    MODEL(2, Protocol.SUPPLY_MODEL),
    /** A state that is opaque to transport, see {@link org.eden4j.transport.Worker#shareState}. */
    REPLICA(3, Protocol.SUPPLY_REMAINDER),
    /** A model, and a remainder that is opaque to transport. */
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

    /** Returns all parts of this kind of state, as bits of Supply. */
    public int parts() {
        return parts;
    }

    /** Returns the parts that restore a job: the model if there is one, because any member can supply the remainder later. */
    public int restoringParts() {
        return hasModel() ? Protocol.SUPPLY_MODEL : parts;
    }

    /** Returns whether the state includes a model to which every mean is added. */
    public boolean hasModel() {
        return (parts & Protocol.SUPPLY_MODEL) != 0;
    }

    /** Returns whether the state includes bytes that are opaque to transport. */
    public boolean hasRemainder() {
        return (parts & Protocol.SUPPLY_REMAINDER) != 0;
    }

    /** Returns the kind with this wire id; null if there is none. */
    public static StateKind of(long wireId) {
        return wireId >= 0 && wireId < VALUES.length ? VALUES[(int) wireId] : null;
    }
}
