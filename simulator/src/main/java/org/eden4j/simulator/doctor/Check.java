package org.eden4j.simulator.doctor;

import org.eden4j.simulator.output.Row;

/**
 * The result of one check of the machine.
 *
 * @param name what was checked
 * @param ok whether the project can run with it
 * @param detail what was found, and the cure if it is not ok
 */
record Check(String name, boolean ok, String detail) {
    /** Inspects the machine. */
    interface Look {
        Check take() throws Exception;
    }

    /** Runs a check; an exception means that it is not ok. */
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
