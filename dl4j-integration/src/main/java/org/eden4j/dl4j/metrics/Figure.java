package org.eden4j.dl4j.metrics;

import java.util.function.ToDoubleFunction;

/**
 * The figures that sinks receive about a member, under names that do not change. docs/metrics.md has the same list.
 *
 * <p>A figure covers one member since it joined; the job's figure is the sum over members. The error of each part of an
 * update, {@value #VNMSE}, has one value per part and is not in this list.
 */
public enum Figure {
    /** Exchanges. */
    ROUNDS("eden4j.rounds", Kind.COUNTER, "rounds", metrics -> metrics.total().rounds()),
    /** Exchanges whose mean lacks part of the member's update. */
    ROUNDS_MISSED("eden4j.rounds.missed", Kind.COUNTER, "rounds", metrics -> metrics.total().missed()),
    /** Exchanges in which the member adopted the job's state instead of a mean. */
    ROUNDS_RESYNCHRONISED("eden4j.rounds.resynchronised", Kind.COUNTER, "rounds",
            metrics -> metrics.total().resynchronised()),
    /** Updates, of any member, that rounds waited for and did not count completely. */
    UPDATES_MISSING("eden4j.updates.missing", Kind.COUNTER, "updates", metrics -> metrics.total().absent()),
    /** Coordinates of the member's updates that are in no mean. */
    COORDINATES_LEFT_OUT("eden4j.coordinates.left.out", Kind.COUNTER, "coordinates",
            metrics -> metrics.total().leftOut()),
    /** Bytes of the member's Update frames, headers included. */
    BYTES_UP("eden4j.bytes.up", Kind.COUNTER, "bytes", metrics -> metrics.total().bytesUp()),
    /** Bytes of the Mean frames that the member received, headers included. */
    BYTES_DOWN("eden4j.bytes.down", Kind.COUNTER, "bytes", metrics -> metrics.total().bytesDown()),
    /** Bytes of the same updates as float32; the means would take as many. */
    BYTES_UNCOMPRESSED("eden4j.bytes.uncompressed", Kind.COUNTER, "bytes",
            metrics -> metrics.total().bytesUncompressed()),
    /** Float32 bytes divided by sent bytes, both directions together. */
    RATIO("eden4j.ratio", Kind.GAUGE, "", metrics -> metrics.total().ratio()),
    /** Bits per coordinate of Update frames. */
    WIRE_BITS_UP("eden4j.wire.bits.up", Kind.GAUGE, "bits", metrics -> metrics.total().wireBitsUp()),
    /** Bits per coordinate of Mean frames. */
    WIRE_BITS_DOWN("eden4j.wire.bits.down", Kind.GAUGE, "bits", metrics -> metrics.total().wireBitsDown()),
    /** Time in exchanges. */
    EXCHANGE_TIME("eden4j.exchange.time", Kind.COUNTER, "seconds", metrics -> seconds(metrics.total().exchangeNs())),
    /** Time from the end of one exchange to the end of the next. */
    STEP_TIME("eden4j.step.time", Kind.COUNTER, "seconds", metrics -> seconds(metrics.total().stepNs())),
    /** Time in the last exchange. */
    EXCHANGE_LAST("eden4j.exchange.last", Kind.GAUGE, "seconds", metrics -> seconds(metrics.exchangeNs())),
    /** The exchanges' share of the time, from 0 to 1. */
    EXCHANGE_SHARE("eden4j.exchange.share", Kind.GAUGE, "", metrics -> metrics.total().exchangeShare());

    /** Name of |x - x^|^2 / |x|^2 of a part of an update, in the round measured last. */
    public static final String VNMSE = "eden4j.vnmse";

    /** How a figure changes. */
    public enum Kind {
        /** Only grows while the member stays. */
        COUNTER,
        /** The current value. */
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

    /** Returns the name, such as {@code eden4j.bytes.up}. */
    public String label() {
        return label;
    }

    public Kind kind() {
        return kind;
    }

    /** Returns the unit; empty for a share or a ratio. */
    public String unit() {
        return unit;
    }

    /** Returns the value after a round; NaN if it is not known yet, see {@link RoundMetrics.Total#ratio}. */
    public double of(RoundMetrics metrics) {
        return value.applyAsDouble(metrics);
    }
}
