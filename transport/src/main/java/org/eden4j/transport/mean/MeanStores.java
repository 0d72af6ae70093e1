package org.eden4j.transport.mean;

import java.lang.foreign.Arena;
import org.eden4j.transport.wire.JobFrames;

/** The means of the open round and of the previous one, so that a slow reader has a round's time to catch up. */
public final class MeanStores {
    private final JobFrames frames;
    private final Arena arena;
    private final MeanStore[] stores = new MeanStore[2];

    /** @param arena the arena of the first stores; those of a later phase of the job are freed with it */
    public MeanStores(JobFrames frames, Arena arena) {
        this.frames = frames;
        this.arena = arena;
    }

    /** Returns the encoded mean of a round, which may be incomplete; null if it is not kept. */
    public MeanStore of(long round) {
        MeanStore store = place(round);
        return store != null && store.round() == round ? store : null;
    }

    /**
     * Returns the store that the mean of a round will use, which holds an older mean until {@link #open}; null if there
     * is none.
     */
    public MeanStore place(long round) {
        return stores[(int) (round % stores.length)];
    }

    /** Starts a round; the older mean in its store is lost. */
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
