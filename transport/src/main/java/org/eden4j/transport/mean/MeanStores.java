package org.eden4j.transport.mean;

import java.lang.foreign.Arena;
import org.eden4j.transport.wire.FrameLayout;

/** The means of the open round and of the one before, so that a slow reader has a round's time to catch up. */
public final class MeanStores {
    private final MeanStore[] stores;

    public MeanStores(FrameLayout layout, Arena arena) {
        stores = new MeanStore[]{new MeanStore(layout, arena), new MeanStore(layout, arena)};
    }

    /** The encoded mean of a round, as far as it is ready; null if it is not kept. */
    public MeanStore of(long round) {
        MeanStore store = place(round);
        return store.round() == round ? store : null;
    }

    /** Where the mean of a round goes; it holds an older one until it is opened. */
    public MeanStore place(long round) {
        return stores[(int) (round % stores.length)];
    }
}
