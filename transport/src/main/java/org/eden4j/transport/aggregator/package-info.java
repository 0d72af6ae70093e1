/**
 * Turns the messages of many workers into members, rounds and answers.
 *
 * <pre>
 * UplinkDesk --Join--&gt;    Admission --&gt; Members, Session
 *            --Update--&gt;  Rounds    --&gt; mean --&gt; Session --&gt; one worker
 *            --State--&gt;   StateDesk --&gt; JobState --&gt; Session
 * AggregatorAgent: the duty cycle, the job's phases, the clock
 * </pre>
 *
 * <p>Start at {@link org.eden4j.transport.aggregator.AggregatorAgent}.
 */
package org.eden4j.transport.aggregator;
