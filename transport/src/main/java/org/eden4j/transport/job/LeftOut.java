package org.eden4j.transport.job;

/**
 * Frames of one member's update that were not added to a mean.
 *
 * @param worker the member's number
 * @param reason the reason
 * @param frames the number of frames
 */
public record LeftOut(int worker, Reason reason, long frames) {
    /** The reason why frames of a member are left out. */
    public enum Reason {
        /** Bytes that no encoder produces, including NaN and infinity. */
        MALFORMED("bytes that no encoder produces, such as NaN"),
        /** A decoded coordinate so large that no mean with it can be computed or sent. */
        BEYOND_RANGE("coordinates beyond the range in which a mean can be sent"),
        /** A weight that is NaN, infinite, negative, or different from that of the update's other frames. */
        WEIGHT("a weight that is not finite, is negative, or differs between frames"),
        /** Frames of a round that has ended, or that arrived after a later contribution was added. */
        LATE("frames that arrived too late, or belong to an earlier round");

        private final String text;

        Reason(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
