package org.eden4j.simulator.advise;

import org.eden4j.compressor.Method;
import org.eden4j.transport.wire.FrameLayout;

/**
 * The cost of one round for a worker, independent of the link.
 *
 * @param bytesUp bytes of its update on the wire, with all headers
 * @param bytesDown bytes of the mean
 * @param encodeUp processor seconds to encode its update
 * @param decodeUp processor seconds to decode it and add it to a sum
 * @param encodeDown processor seconds to encode the mean
 * @param decodeDown processor seconds to decode it
 */
record RoundCost(double bytesUp, double bytesDown, double encodeUp, double decodeUp, double encodeDown,
        double decodeDown) {
    /** MTU between hosts: fits Ethernet. */
    static final int MTU = 1408;
    /** Headers of Ethernet, IP and UDP. */
    private static final int PACKET_HEADERS = 14 + 20 + 8;
    /** Aeron aligns frames to multiples of this. */
    private static final int ALIGNMENT = 32;

    /** Returns the cost with these methods at the given speeds. */
    static RoundCost of(Method up, Method down, int parameters, CodecSpeed upSpeed, CodecSpeed downSpeed) {
        return new RoundCost(bytes(up, parameters), bytes(down, parameters), parameters * upSpeed.encode(),
                parameters * upSpeed.decode(), parameters * downSpeed.encode(), parameters * downSpeed.decode());
    }

    /** Returns the bytes of all frames of a vector, with their headers. */
    static double bytes(Method method, int parameters) {
        FrameLayout layout = FrameLayout.of(method, parameters, MTU);
        double bytes = 0;
        double share = shareOfLargest(layout);
        for (int frame = 0; frame < layout.frameCount(); frame++) {
            double length = FrameLayout.AERON_HEADER_BYTES + FrameLayout.HEADER_BYTES
                    + share * layout.maxPayloadBytes(frame);
            bytes += Math.ceil(length / ALIGNMENT) * ALIGNMENT + PACKET_HEADERS;
        }
        return bytes;
    }

    /** Returns the expected size of payloads relative to the largest possible size. */
    private static double shareOfLargest(FrameLayout layout) {
        double expected = 0;
        double largest = 0;
        for (int block = 0; block < layout.blocks().blockCount(); block++) {
            Method method = layout.blocks().method(block);
            expected += method.expectedPayloadBytes(layout.blocks().length(block));
            largest += method.maxPayloadBytes(layout.blocks().length(block));
        }
        return expected / largest;
    }
}
