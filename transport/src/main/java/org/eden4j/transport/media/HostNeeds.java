package org.eden4j.transport.media;

import org.eden4j.transport.wire.FrameLayout;

/**
 * The resources that a job needs on its hosts: space for the log buffers of media drivers in /dev/shm, and socket
 * buffers. Media drivers and links check them when they start.
 *
 * <pre>
 * space of a driver   14 MiB + log buffers * 3 terms
 * log buffers         2 n S for all over IPC; over UDP 3 n for an aggregator, 3 S for a worker, 3 (n + S) for a worker that hosts a shard
 * receive buffer      n windows, see {@link LinkLengths}
 * </pre>
 *
 * <p>The MTU is the default of each channel.
 *
 * @param workers n, the places of the job
 * @param shards S
 */
public record HostNeeds(int workers, int shards) {
    /** Returns the bytes of the one driver of a job whose processes are all on one host, over IPC. */
    public long ipcBytes() {
        return DriverSpace.needed(2L * workers * shards, new LinkLengths(shards, FrameLayout.LARGEST_MTU));
    }

    /** Returns the bytes of an aggregator's driver over UDP. */
    public long aggregatorBytes() {
        return DriverSpace.needed((long) Connection.LOG_BUFFERS * workers, lengths());
    }

    /** Returns the bytes of a worker's driver over UDP. */
    public long workerBytes() {
        return DriverSpace.needed((long) Connection.LOG_BUFFERS * shards, lengths());
    }

    /** Returns the bytes over UDP of the driver of a worker that hosts a shard. */
    public long peerBytes() {
        return DriverSpace.needed((long) Connection.LOG_BUFFERS * (workers + shards), lengths());
    }

    /** Returns the bytes that one datagram of each worker takes: an aggregator does not start with a smaller receive buffer. */
    public long leastReceiveBytes() {
        return (long) workers * Connection.NETWORK_MTU;
    }

    /** Returns the bytes that a worker may send ahead between hosts if the aggregator's receive buffer is large enough. */
    public int largestWindowBytes() {
        return lengths().largestWindow(false);
    }

    private LinkLengths lengths() {
        return new LinkLengths(shards, Connection.NETWORK_MTU);
    }
}
