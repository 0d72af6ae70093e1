package org.eden4j.transport.media;

import org.agrona.concurrent.Agent;
import org.eden4j.transport.job.TransportException;

/**
 * The flag that a JVM must be started with. Agrona accesses memory through a package that the JDK does not export.
 * Without the flag the first use of a class of Aeron ends in an {@link IllegalAccessError}, and every later one in a
 * {@link NoClassDefFoundError} that does not state the cause.
 */
public final class JvmFlags {
    private static final String PACKAGE = "jdk.internal.misc";

    private JvmFlags() {}

    /**
     * Checks the flag; to be called before any class of Aeron is used.
     *
     * @throws TransportException if it is missing, with the flag to add
     */
    public static void check() {
        Module agrona = Agent.class.getModule(); // an interface: loading it touches no memory
        Module base = Object.class.getModule();
        if (!base.isOpen(PACKAGE, agrona)) {
            throw new TransportException("this JVM lacks a flag that Aeron needs: start it with --add-opens "
                    + base.getName() + '/' + PACKAGE + '=' + (agrona.isNamed() ? agrona.getName() : "ALL-UNNAMED"));
        }
    }
}
