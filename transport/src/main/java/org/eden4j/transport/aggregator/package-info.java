/**
 * Turns the messages of many workers into members, rounds and answers.
 *
 * <pre>
 * UplinkHandler --Join--&gt;    Admission --&gt; Members, Session
 *               --Update--&gt;  Rounds    --&gt; mean --&gt; Session --&gt; one worker
 *               --State--&gt;   StateHandler --&gt; JobState --&gt; Session
 * JobLifecycle: members, phases, ends     AggregatorAgent: the duty cycle and the link
 * </pre>
 *
 * <p>Start at {@link org.eden4j.transport.aggregator.AggregatorAgent}.
 */
package org.eden4j.transport.aggregator;
