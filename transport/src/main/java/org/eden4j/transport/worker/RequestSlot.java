package org.eden4j.transport.worker;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** Passes one {@link Request} at a time from a caller's thread to the agent's. */
final class RequestSlot {
    private final AtomicReference<Request> slot = new AtomicReference<>();
    private final Supplier<RuntimeException> closedReason;
    private Request active;
    private volatile boolean closed;

    /** @param closedReason returns the failure of requests after the slot is closed; called from any thread */
    RequestSlot(Supplier<RuntimeException> closedReason) {
        this.closedReason = closedReason;
    }

    /**
     * Submits a request from another thread; the answer is in the request.
     *
     * @throws IllegalStateException if another request is pending
     */
    void submit(Request request) {
        if (!slot.compareAndSet(null, request)) {
            throw new IllegalStateException("another thread is exchanging through this worker");
        }
        if (closed && slot.compareAndSet(request, null)) {
            request.fail(closedReason.get());
        }
    }

    /** Returns the current request; null if there is none. This method and those below are called by the agent. */
    Request active() {
        return active;
    }

    /** Returns a new request; null if one is in progress, or none was submitted. */
    Request next() {
        if (active != null) {
            return null;
        }
        active = slot.get();
        return active;
    }

    /** Answers the current request; {@code reason} is null for success. */
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

    /** Fails the current or just submitted request, if there is one. */
    void fail(RuntimeException reason) {
        active = active != null ? active : slot.get();
        if (active != null) {
            finish(reason);
        }
    }

    /** Fails all later requests. */
    void close() {
        closed = true;
        Request request = slot.getAndSet(null);
        if (request != null) {
            request.fail(closedReason.get());
        }
    }
}
