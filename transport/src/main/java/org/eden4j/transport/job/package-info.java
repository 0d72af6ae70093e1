/**
 * Turns a job into the vocabulary of its members: addresses, results, failures. Depends on no other package of
 * transport.
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
