package org.eden4j.transport.media;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.wire.FrameLayout;

/**
 * The sizes of UDP socket buffers that this host grants, and the check that they suffice.
 *
 * <p>All members send to the aggregator's one socket: if {@code members * max(window, MTU)} exceeds its receive buffer,
 * they overrun it together, and the job slows down through losses and retransmissions instead of failing.
 *
 * @param receive granted bytes of SO_RCVBUF
 * @param send granted bytes of SO_SNDBUF
 */
record SocketBuffers(int receive, int send) {
    /** Requested bytes: more than any window needs. */
    private static final int WANTED = 16 << 20;
    /**
     * Least bytes that the kernel counts for a datagram that does not fit into a kilobyte together with the kernel's
     * own structures.
     */
    private static final int KERNEL_BYTES = 2304;
    private static final int SMALL_DATAGRAMS = 4;
    /** Number of members for which the default MTU on a loopback interface leaves room. */
    private static final int DEFAULT_MEMBERS = 16;

    /** Returns the sizes that the operating system grants. */
    static SocketBuffers granted() {
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, WANTED);
            channel.setOption(StandardSocketOptions.SO_SNDBUF, WANTED);
            return new SocketBuffers(channel.getOption(StandardSocketOptions.SO_RCVBUF),
                    channel.getOption(StandardSocketOptions.SO_SNDBUF));
        } catch (IOException e) {
            throw new TransportException("no UDP socket can be opened: " + e.getMessage(), e);
        }
    }

    /**
     * Returns the receiver's window for a number of members.
     *
     * @param loopback whether no network is crossed
     * @throws TransportException naming the sysctl if the buffers are too small
     */
    int window(int members, LinkLengths lengths, boolean loopback) {
        int mtu = lengths.mtu();
        long needed = (long) members * mtu;
        if (needed > receive) {
            throw new TransportException("the socket's receive buffer holds " + receive + " bytes, " + members
                    + " workers at MTU " + mtu + " need " + needed + ": raise it with sysctl -w net.core.rmem_max="
                    + needed + ", or set a smaller mtu on every member");
        }
        if (mtu > send) {
            throw new TransportException("the socket's send buffer holds " + send + " bytes, MTU " + mtu
                    + " needs as many: raise it with sysctl -w net.core.wmem_max=" + mtu
                    + ", or set a smaller mtu on every member");
        }
        return Math.min(receive / members, lengths.largestWindow(loopback));
    }

    /**
     * As {@link #window}, for frames that are not repeated: a socket's buffer holds twice the bytes asked for, but the
     * kernel counts {@value #KERNEL_BYTES} for any datagram of 600 to 1500, so that full windows of small ones overrun it.
     */
    int losslessWindow(int members, LinkLengths lengths, boolean loopback) {
        int mtu = lengths.mtu();
        int window = window(members, lengths, loopback);
        return mtu < KERNEL_BYTES ? Math.max(mtu, window / SMALL_DATAGRAMS) : window;
    }

    /** The largest MTU that leaves room for {@value #DEFAULT_MEMBERS} members; the same for all processes of a host. */
    int loopbackMtu() {
        int mtu = FrameLayout.LARGEST_MTU;
        while (mtu > 8192 && (long) DEFAULT_MEMBERS * mtu > receive) {
            mtu = mtu / 2 & -32;
        }
        return mtu;
    }

    /** The length to set on a socket. */
    int length() {
        return Math.min(receive, send);
    }
}
