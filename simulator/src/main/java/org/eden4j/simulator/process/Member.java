package org.eden4j.simulator.process;

import java.time.Duration;

/** One running aggregator or worker, as its parent sees it. */
public sealed interface Member permits ProcessMember, ThreadMember {
    /** {@code aggregator}, or {@code worker} with its number. */
    String name();

    /** The operating system's number of the process it runs in. */
    long pid();

    /** Sends a command; one that has ended already does not notice. */
    void send(String line);

    /** Returns whether the terminal ended it, together with this process. */
    boolean interrupted();

    /** How it ended: the exit code and the last lines of its log. */
    String lastWords();

    /** Ends its commands, upon which it ends. */
    void dismiss();

    /** Waits for its end at most so long, then ends it by force. */
    void end(Duration limit);
}
