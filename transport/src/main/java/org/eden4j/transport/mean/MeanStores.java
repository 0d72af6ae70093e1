package org.eden4j.transport.mean;

import java.lang.foreign.Arena;
import org.eden4j.transport.wire.JobFrames;

/** The means of the open round and of the one before, so that a slow reader has a round's time to catch up. */
public final class MeanStores {
    private final JobFrames frames;
    private final Arena arena;
    private final MeanStore[] stores = new MeanStore[2];

    /** @param arena of the first ones; those of a later phase of the job are given back with them */
    public MeanStores(JobFrames frames, Arena arena) {
        this.frames = frames;
        this.arena = arena;
    }

    /** The encoded mean of a round, as far as it is ready; null if it is not kept. */
    public MeanStore of(long round) {
        MeanStore store = place(round);
        return store != null && store.round() == round ? store : null;
    }

    /** What is where the mean of a round goes: an older one, until {@link #open}; null if there is none. */
    public MeanStore place(long round) {
        return stores[(int) (round % stores.length)];
    }

    /** Starts a round; what was in its place is lost. */
    public MeanStore open(long round) {
        MeanStore store = place(round);
        if (store == null || store.layout() != frames.down(round)) {
            store = new MeanStore(frames.down(round), store == null ? arena : Arena.ofAuto());
            stores[(int) (round % stores.length)] = store;
        }
        store.open(round);
        return store;
    }
}
