package org.eden4j.simulator.process;

/** The program of a team's member, in a process or a thread of its own. */
public interface Role {
    /**
     * Does it until the commands end or the work is done.
     *
     * @throws Exception if it cannot go on; the message is shown to the user
     */
    void run(Commands commands, Events events) throws Exception;
}
