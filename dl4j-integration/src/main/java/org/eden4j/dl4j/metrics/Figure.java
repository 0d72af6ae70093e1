package org.eden4j.dl4j.metrics;

import java.util.function.ToDoubleFunction;

/**
 * What sinks are told of a member, by names that do not change. docs/metrics.md has the same list.
 *
 * <p>Figures are of one member since it joined; the sum over members is the job's. The error of each part of an update,
 * {@value #VNMSE}, has a value per part and is not one of these.
 */
public enum Figure {
    /** Exchanges. */
    ROUNDS("eden4j.rounds", Kind.COUNTER, "rounds", metrics -> metrics.total().rounds()),
    /** Exchanges whose mean lacks some of the member's update. */
    ROUNDS_MISSED("eden4j.rounds.missed", Kind.COUNTER, "rounds", metrics -> metrics.total().missed()),
    /** Exchanges in which the member took over the job's state instead of a mean. */
    ROUNDS_RESYNCHRONISED("eden4j.rounds.resynchronised", Kind.COUNTER, "rounds",
            metrics -> metrics.total().resynchronised()),
    /** Updates of other members, or of this one, that rounds waited for and do not contain as a whole. */
    UPDATES_MISSING("eden4j.updates.missing", Kind.COUNTER, "updates", metrics -> metrics.total().absent()),
    /** Coordinates of the member's updates that are in no mean. */
    COORDINATES_LEFT_OUT("eden4j.coordinates.left.out", Kind.COUNTER, "coordinates",
            metrics -> metrics.total().leftOut()),
    /** Bytes of the member's Update frames, headers included. */
    BYTES_UP("eden4j.bytes.up", Kind.COUNTER, "bytes", metrics -> metrics.total().bytesUp()),
    /** Bytes of the Mean frames that the member received, headers included. */
    BYTES_DOWN("eden4j.bytes.down", Kind.COUNTER, "bytes", metrics -> metrics.total().bytesDown()),
    /** Bytes of the same updates as float32, which is what means would take as well. */
    BYTES_UNCOMPRESSED("eden4j.bytes.uncompressed", Kind.COUNTER, "bytes",
            metrics -> metrics.total().bytesUncompressed()),
    /** How many times fewer bytes than float32, both ways together. */
    RATIO("eden4j.ratio", Kind.GAUGE, "", metrics -> metrics.total().ratio()),
    /** Bits per coordinate of Update frames. */
    WIRE_BITS_UP("eden4j.wire.bits.up", Kind.GAUGE, "bits", metrics -> metrics.total().wireBitsUp()),
    /** Bits per coordinate of Mean frames. */
    WIRE_BITS_DOWN("eden4j.wire.bits.down", Kind.GAUGE, "bits", metrics -> metrics.total().wireBitsDown()),
    /** Time in exchanges. */
    EXCHANGE_TIME("eden4j.exchange.time", Kind.COUNTER, "seconds", metrics -> seconds(metrics.total().exchangeNs())),
    /** Time from the end of one exchange to the end of the next, which exchanges are a share of. */
    STEP_TIME("eden4j.step.time", Kind.COUNTER, "seconds", metrics -> seconds(metrics.total().stepNs())),
    /** Time in the last exchange. */
    EXCHANGE_LAST("eden4j.exchange.last", Kind.GAUGE, "seconds", metrics -> seconds(metrics.exchangeNs())),
    /** The exchanges' share of the time, from 0 to 1. */
    EXCHANGE_SHARE("eden4j.exchange.share", Kind.GAUGE, "", metrics -> metrics.total().exchangeShare());

    /** The name of |x - x^|^2 / |x|^2 of a part of an update, in the round that was measured last. */
    public static final String VNMSE = "eden4j.vnmse";

    /** How a figure changes. */
    public enum Kind {
        /** It only grows while the member stays. */
        COUNTER,
        /** It is the present value. */
        GAUGE
    }

    private final String label;
    private final Kind kind;
    private final String unit;
    private final ToDoubleFunction<RoundMetrics> value;

    Figure(String label, Kind kind, String unit, ToDoubleFunction<RoundMetrics> value) {
        this.label = label;
        this.kind = kind;
        this.unit = unit;
        this.value = value;
    }

    private static double seconds(long ns) {
        return ns / 1e9;
    }

    /** The name, such as {@code eden4j.bytes.up}. */
    public String label() {
        return label;
    }

    public Kind kind() {
        return kind;
    }

    /** What it counts; empty for a share or a ratio. */
    public String unit() {
        return unit;
    }

    /** The value after a round. NaN where it is not known yet, see {@link RoundMetrics.Total#ratio}. */
    public double of(RoundMetrics metrics) {
        return value.applyAsDouble(metrics);
    }
}
