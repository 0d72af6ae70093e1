package org.eden4j.simulator.process;

import java.util.List;

/** All that a member needs to know before it starts: a record of texts and numbers, which travels to a process as JSON. */
public interface RoleSettings {
    /** The role with these settings. */
    Role role();

    /** Options of a JVM in this role: its heap, above all. */
    List<String> jvmOptions();
}
