package org.eden4j.transport.wire;

/**
 * Names a state that members of a job have in common: equal labels, equal states.
 *
 * @param epoch of the aggregator under which the state came about; 0 where there is none yet
 * @param round the round that the state stands before
 */
public record StateLabel(StateKind kind, int epoch, long round) {
    public static final StateLabel BLANK = new StateLabel(StateKind.UNDECIDED, 0, 0);

    /** Whether there is nothing in it that another member would need. */
    public boolean isBlank() {
        return round == 0 && (kind == StateKind.UNDECIDED || kind == StateKind.NONE);
    }
}
