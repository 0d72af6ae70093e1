package org.eden4j.transport.media;

import io.aeron.ChannelUriStringBuilder;
import io.aeron.CommonContext;
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
 * @param address of the job; over UDP with the host resolved
 * @param lengths of log buffers and windows
 * @param window the receiver's window over UDP, in bytes
 * @param socketBuffer socket buffer lengths over UDP, in bytes
 */
public record Channels(JobAddress.Single address, LinkLengths lengths, int window, int socketBuffer) {
    /** Bytes of the longest term: the largest frame is an eighth of it at most, a window half of it. */
    public static final int TERM_LENGTH = 2 << 20;

    /** A numeric address and a port: what a stranger may make this process send to, nothing that a channel understands. */
    private static final Pattern ENDPOINT = Pattern.compile("([0-9.]{7,15}|\\[[0-9a-fA-F:.]{2,45}]):[0-9]{1,5}");

    public int mtu() {
        return lengths.mtu();
    }

    public boolean isUdp() {
        return address instanceof JobAddress.Udp;
    }

    /** Where a worker publishes. */
    public String uplinkPublication() {
        ChannelUriStringBuilder uri = publication();
        if (address instanceof JobAddress.Udp udp) {
            uri.endpoint(udp.host() + ':' + udp.port());
        }
        return uri.build();
    }

    /** Where the aggregator listens. */
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
     * Where a worker publishes updates that are not repeated, over UDP.
     *
     * @param session of its {@link #uplinkPublication()}, so that the aggregator knows whose they are
     */
    public String unreliablePublication(int session) {
        JobAddress.Udp udp = (JobAddress.Udp) address;
        return publication().endpoint(udp.host() + ':' + udp.port()).sessionId(session).build();
    }

    /** Where the aggregator listens for them: what is lost stays lost, and nobody waits for it. */
    public String unreliableSubscription() {
        JobAddress.Udp udp = (JobAddress.Udp) address;
        return listening(udp.host() + ':' + udp.port()).reliable(false).build();
    }

    /** Where a worker listens, given its own address towards the aggregator. */
    public String downlinkSubscription(String localHost) {
        return isUdp() ? subscription(localHost + ":0") : CommonContext.IPC_CHANNEL;
    }

    /** Where the aggregator publishes for a worker that listens at {@code endpoint}. */
    public String downlink(String endpoint) {
        ChannelUriStringBuilder uri = publication();
        if (isUdp()) {
            uri.endpoint(endpoint);
        }
        return uri.build();
    }

    /** The stream id on which a worker wants its answer. */
    public int downlinkStream(int wanted) {
        return isUdp() ? Protocol.DOWNLINK_STREAM : wanted;
    }

    /** A stream id for a worker's downlink. */
    public int newDownlinkStream(long driverUnique) {
        return isUdp() ? Protocol.DOWNLINK_STREAM
                : Protocol.IPC_DOWNLINK_BIT | (int) driverUnique & Protocol.IPC_DOWNLINK_BIT - 1;
    }

    /** Whether what a stranger wants to be answered at is something to answer at. */
    public boolean isAnswerable(String endpoint, int stream) {
        return isUdp() ? ENDPOINT.matcher(endpoint).matches()
                : endpoint.isEmpty() && stream >= 0 && (stream & Protocol.IPC_DOWNLINK_BIT) != 0;
    }

    private ChannelUriStringBuilder publication() {
        ChannelUriStringBuilder uri = new ChannelUriStringBuilder().mtu(mtu()).termLength(lengths.term()).sparse(true);
        if (isUdp()) {
            return uri.media(CommonContext.UDP_MEDIA).socketSndbufLength(socketBuffer);
        }
        return uri.media(CommonContext.IPC_MEDIA);
    }

    private String subscription(String endpoint) {
        return listening(endpoint).build();
    }

    private ChannelUriStringBuilder listening(String endpoint) {
        return new ChannelUriStringBuilder().media(CommonContext.UDP_MEDIA)
            .endpoint(endpoint)
            .receiverWindowLength(window)
            .socketRcvbufLength(socketBuffer);
    }
}
