package org.eden4j.simulator.doctor;

import org.eden4j.simulator.output.Row;

/**
 * The outcome of one look at the machine.
 *
 * @param name what was looked at
 * @param ok whether the project can run with it
 * @param detail what was found, and the cure where it is not ok
 */
record Check(String name, boolean ok, String detail) {
    /** A look at the machine. */
    interface Look {
        Check take() throws Exception;
    }

    /** Looks; an exception means that it is not ok. */
    static Check of(String name, Look look) {
        try {
            return look.take();
        } catch (Exception | LinkageError e) {
            return new Check(name, false, e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }

    Row row() {
        return Row.of("doctor").put("check", name).put("ok", ok).put("detail", detail);
    }
}
