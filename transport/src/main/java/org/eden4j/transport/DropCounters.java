package org.eden4j.transport;

/** Frames that were not applied, by reason. Single writer. */
final class DropCounters {
    long late;
    long duplicate;
    long stale;
    long foreign;
    long rejected;
    long cutOff;
    /** Members that were given a state. */
    long resyncs;

    void clear() {
        late = 0;
        duplicate = 0;
        stale = 0;
        foreign = 0;
        rejected = 0;
        cutOff = 0;
        resyncs = 0;
    }
}
