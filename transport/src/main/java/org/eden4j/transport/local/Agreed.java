package org.eden4j.transport.local;

import org.eden4j.compressor.UpdateLayout;
import org.eden4j.transport.job.JoinRejectedException;
import org.eden4j.transport.job.RejectCode;

/**
 * The first member's terms, on which all others must agree.
 *
 * @param layout the layout of updates
 * @param agreement the text of the members' programs, empty if there is nothing to agree on
 */
record Agreed(UpdateLayout layout, String agreement) {
    /**
     * Checks the terms of a joining member.
     *
     * @throws JoinRejectedException if they differ, with the first difference
     */
    void check(Agreed joining) {
        String difference = joining.layout.difference(layout).orElse(null);
        if (difference != null) {
            throw new JoinRejectedException(RejectCode.LAYOUT, "the layout differs from the job's: " + difference);
        }
        if (!agreement.equals(joining.agreement)) {
            throw new JoinRejectedException(RejectCode.AGREEMENT, "agreement " + quoted(joining.agreement)
                    + " differs from the job's " + quoted(agreement));
        }
    }

    private static String quoted(String text) {
        return text.isEmpty() ? "none" : "'" + text + "'";
    }
}
