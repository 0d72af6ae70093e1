package org.eden4j.transport.worker;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** Hands one {@link Request} at a time from a caller's thread to the agent's. */
final class RequestSlot {
    private final AtomicReference<Request> slot = new AtomicReference<>();
    private final Supplier<RuntimeException> closedReason;
    private Request active;
    private volatile boolean closed;

    /** @param closedReason what requests fail with once the slot is closed; called from any thread */
    RequestSlot(Supplier<RuntimeException> closedReason) {
        this.closedReason = closedReason;
    }

    /**
     * Hands a request over, from another thread; the answer comes through the request.
     *
     * @throws IllegalStateException if another one is under way
     */
    void submit(Request request) {
        if (!slot.compareAndSet(null, request)) {
            throw new IllegalStateException("another thread is exchanging through this worker");
        }
        if (closed && slot.compareAndSet(request, null)) {
            request.fail(closedReason.get());
        }
    }

    /** The request under way; null if there is none. Like all below, for the agent. */
    Request active() {
        return active;
    }

    /** A request that begins now; null if one is under way, or none was handed over. */
    Request next() {
        if (active != null) {
            return null;
        }
        active = slot.get();
        return active;
    }

    /** Answers the request under way; {@code reason} is null if all went well. */
    void finish(RuntimeException reason) {
        Request request = active;
        active = null;
        slot.set(null);
        if (reason == null) {
            request.complete();
        } else {
            request.fail(reason);
        }
    }

    /** Answers with a failure the request that is under way, or was just handed over, if there is one. */
    void fail(RuntimeException reason) {
        active = active != null ? active : slot.get();
        if (active != null) {
            finish(reason);
        }
    }

    /** No request is answered otherwise than with a failure any more. */
    void close() {
        closed = true;
        Request request = slot.getAndSet(null);
        if (request != null) {
            request.fail(closedReason.get());
        }
    }
}
