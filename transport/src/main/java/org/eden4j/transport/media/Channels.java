package org.eden4j.transport.media;

import io.aeron.ChannelUriStringBuilder;
import io.aeron.CommonContext;
import java.net.InetAddress;
import java.util.regex.Pattern;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.wire.Protocol;

/**
 * The Aeron channels and stream ids of a job.
 *
 * <pre>
 *              uplink (all workers to the aggregator)     downlink (aggregator to one worker)
 * udp          aeron:udp?endpoint=HOST:PORT, stream 1     aeron:udp?endpoint=what the worker bound, stream 2
 *              unreliable updates: the same, stream 3, reliable=false
 * ipc          aeron:ipc, stream = job number + 1           aeron:ipc, stream = 2^30 + a number of the driver's
 * </pre>
 *
 * @param address the job's address; over UDP with the host resolved
 * @param lengths lengths of log buffers and windows
 * @param window the receiver's window over UDP, in bytes
 * @param socketBuffer socket buffer lengths over UDP, in bytes
 */
public record Channels(JobAddress.Single address, LinkLengths lengths, int window, int socketBuffer) {
    /** Bytes of the longest term: the largest frame is at most an eighth of it, a window at most half. */
    public static final int TERM_LENGTH = 2 << 20;

    /**
     * A numeric address and a port: the only endpoints that an unauthenticated peer can make this process send to,
     * which excludes other syntax of channels.
     */
    private static final Pattern ENDPOINT = Pattern.compile("([0-9.]{7,15}|\\[[0-9a-fA-F:.]{2,45}]):[0-9]{1,5}");

    public int mtu() {
        return lengths.mtu();
    }

    public boolean isUdp() {
        return address instanceof JobAddress.Udp;
    }

    /** Returns the channel on which a worker publishes. */
    public String uplinkPublication() {
        ChannelUriStringBuilder uri = publication();
        if (address instanceof JobAddress.Udp udp) {
            uri.endpoint(udp.host() + ':' + udp.port());
        }
        return uri.build();
    }

    /** Returns the channel on which the aggregator listens. */
    public String uplinkSubscription() {
        return switch (address) {
            case JobAddress.Udp udp -> subscription(udp.host() + ':' + udp.port());
            case JobAddress.Ipc _ -> CommonContext.IPC_CHANNEL;
        };
    }

    public int uplinkStream() {
        return switch (address) {
            case JobAddress.Udp _ -> Protocol.UPLINK_STREAM;
            case JobAddress.Ipc ipc -> ipc.job() + 1;
        };
    }

    /**
     * Returns the channel on which a worker publishes updates that are not retransmitted, over UDP.
     *
     * @param session the session of its {@link #uplinkPublication()}, which identifies the sender
     */
    public String unreliablePublication(int session) {
        JobAddress.Udp udp = (JobAddress.Udp) address;
        return publication().endpoint(udp.host() + ':' + udp.port()).sessionId(session).build();
    }

    /** Returns the channel on which the aggregator receives them: lost frames are not requested again. */
    public String unreliableSubscription() {
        JobAddress.Udp udp = (JobAddress.Udp) address;
        return listening(udp.host() + ':' + udp.port()).reliable(false).build();
    }

    /** Returns the channel on which a worker listens, given its own address towards the aggregator. */
    public String downlinkSubscription(String localHost) {
        return isUdp() ? subscription(localHost + ":0") : CommonContext.IPC_CHANNEL;
    }

    /** Returns the channel on which the aggregator publishes to a worker that listens at {@code endpoint}. */
    public String downlink(String endpoint) {
        ChannelUriStringBuilder uri = publication();
        if (isUdp()) {
            uri.endpoint(endpoint);
        }
        return uri.build();
    }

    /** Returns the stream id on which a worker requests its answer. */
    public int downlinkStream(int wanted) {
        return isUdp() ? Protocol.DOWNLINK_STREAM : wanted;
    }

    /** Returns a stream id for a worker's downlink. */
    public int newDownlinkStream(long driverUnique) {
        return isUdp() ? Protocol.DOWNLINK_STREAM
                : Protocol.IPC_DOWNLINK_BIT | (int) driverUnique & Protocol.IPC_DOWNLINK_BIT - 1;
    }

    /** Returns whether an unauthenticated peer's endpoint and stream can be answered. */
    public boolean isAnswerable(String endpoint, int stream) {
        return isUdp() ? ENDPOINT.matcher(endpoint).matches()
                : endpoint.isEmpty() && stream >= 0 && (stream & Protocol.IPC_DOWNLINK_BIT) != 0;
    }

    private ChannelUriStringBuilder publication() {
        ChannelUriStringBuilder uri = new ChannelUriStringBuilder().mtu(mtu()).termLength(lengths.term()).sparse(true);
        if (isUdp()) {
            return controlled(uri.media(CommonContext.UDP_MEDIA).socketSndbufLength(socketBuffer));
        }
        return uri.media(CommonContext.IPC_MEDIA);
    }

    private String subscription(String endpoint) {
        return controlled(listening(endpoint)).build();
    }

    /** Between hosts, windows are controlled and what they grant is paced. */
    private ChannelUriStringBuilder controlled(ChannelUriStringBuilder uri) {
        return isLoopback() ? uri : uri.congestionControl(WindowControl.NAME);
    }

    private boolean isLoopback() {
        return address instanceof JobAddress.Udp udp && InetAddress.ofLiteral(udp.host()).isLoopbackAddress();
    }

    private ChannelUriStringBuilder listening(String endpoint) {
        return new ChannelUriStringBuilder().media(CommonContext.UDP_MEDIA)
            .endpoint(endpoint)
            .receiverWindowLength(window)
            .socketRcvbufLength(socketBuffer);
    }
}
