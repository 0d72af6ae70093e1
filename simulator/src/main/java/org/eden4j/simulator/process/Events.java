package org.eden4j.simulator.process;

import org.eden4j.simulator.output.Row;

/** Receives the events of a member. Thread-safe. */
public interface Events {
    /** The field that names an event. */
    String NAME = "event";
    /** The event of a member that cannot go on; its {@code message} says why. */
    String FAILED = "failed";

    /** The event of a step forward, for a progress bar. */
    String PROGRESS = "progress";

    /** Sends one event. */
    void emit(Row event);

    /** An event of this name, to be filled and sent. */
    static Row named(String name) {
        return new Row().put(NAME, name);
    }
}
