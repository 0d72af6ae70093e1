package org.eden4j.transport.wire;

/**
 * Identifies a state that members of a job have in common: equal labels mean equal states.
 *
 * @param epoch the epoch of the aggregator under which the state came about; 0 if there is none yet
 * @param round the round before which the state applies
 */
public record StateLabel(StateKind kind, int epoch, long round) {
    public static final StateLabel BLANK = new StateLabel(StateKind.UNDECIDED, 0, 0);

    /** Returns whether the state holds nothing that another member would need. */
    public boolean isBlank() {
        return round == 0 && (kind == StateKind.UNDECIDED || kind == StateKind.NONE);
    }
}
