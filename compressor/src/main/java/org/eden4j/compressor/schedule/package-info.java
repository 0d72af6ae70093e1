/**
 * Turns the number of a round into the method used in that round.
 *
 * <p>Start at {@link org.eden4j.compressor.schedule.Schedule}.
 */
package org.eden4j.compressor.schedule;
