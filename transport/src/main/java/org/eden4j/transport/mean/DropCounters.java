package org.eden4j.transport.mean;

/** Frames that were not applied, by reason. Single writer. */
public final class DropCounters {
    public long late;
    public long duplicate;
    public long stale;
    public long foreign;
    public long rejected;
    public long cutOff;
    /** Members that were given a state. */
    public long resyncs;

    public void clear() {
        late = 0;
        duplicate = 0;
        stale = 0;
        foreign = 0;
        rejected = 0;
        cutOff = 0;
        resyncs = 0;
    }
}
