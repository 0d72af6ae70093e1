package org.eden4j.transport.job;

/**
 * Frames of one member's update that were not added to a mean.
 *
 * @param worker the member's number
 * @param reason why they were not
 * @param frames how many
 */
public record LeftOut(int worker, Reason reason, long frames) {
    /** Why frames of a member are left out. */
    public enum Reason {
        /** No encoder makes such bytes: NaN and infinity among them. */
        MALFORMED("bytes that no encoder makes, such as NaN"),
        /** A decoded coordinate is so large that a mean with it cannot be computed or sent. */
        BEYOND_RANGE("coordinates beyond the range that a mean can be sent in"),
        /** The weight is NaN, infinite, negative, or not that of the update's other frames. */
        WEIGHT("a weight that is not finite, is negative, or differs between frames"),
        /** They belong to a round that has ended, or came after frames that follow them in the order of addition. */
        LATE("frames that came too late, or of an earlier round");

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
