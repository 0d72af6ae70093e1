package org.eden4j.transport.job;

import java.util.Optional;
import org.eden4j.compressor.Method;

/**
 * The terms of a job, as its aggregator reports them to a worker before it joins.
 *
 * @param method the compression method of updates
 * @param downlink the compression method of means
 * @param dimension the number of coordinates of updates; 0 if it is open, because no member has joined and the
 *         aggregator has no setting
 * @param mtu Aeron's MTU in bytes
 * @param workers the number of places: the members with which the job starts, or its capacity if more may join
 * @param agreement the text on which the members' programs have agreed; empty if no member has joined and the
 *         aggregator has no setting
 */
public record JobOffer(Method method, Method downlink, int dimension, int mtu, int workers,
        Optional<String> agreement) {}
