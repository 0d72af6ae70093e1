/**
 * Turns a job into words: where its members meet, what a round returned, what failed. No package of transport is below
 * this one.
 *
 * <pre>
 * JobAddress           where members meet
 * Member               one of them, wherever the others are
 * RoundResult          one round as a worker saw it         } both name coordinates
 * RoundStatistics      one round as the aggregator saw it   } by CoordinateRange
 * Replica              a state that only the members' programs understand
 * TransportException   a failure, with numbers and cure; JoinRejectedException carries a RejectCode
 * </pre>
 *
 * <p>Start at {@link org.eden4j.transport.job.JobAddress} and {@link org.eden4j.transport.job.RoundResult}.
 */
package org.eden4j.transport.job;
