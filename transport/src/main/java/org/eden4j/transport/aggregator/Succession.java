package org.eden4j.transport.aggregator;

/** Who comes after whom at a place of the job. */
final class Succession {
    private Succession() {}

    /**
     * Ends the session that had a place: the same process goes on in its new one, another process is told that it is out, or
     * it would come back for ever.
     *
     * @param same whether the next one has the identity of the former
     */
    static void end(Session former, Session next, boolean same, Members members, Sessions sessions) {
        if (former.peer().token() == next.peer().token()) {
            former.renewed();
            sessions.forget(former);
            return;
        }
        members.displace(former);
        former.replaced(same
                ? "taken over by another process that has this one's identity: give each worker an identity of its own"
                : "given to another worker, this one had been silent");
    }
}
