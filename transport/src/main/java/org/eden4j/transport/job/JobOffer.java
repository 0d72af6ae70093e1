package org.eden4j.transport.job;

import java.util.Optional;
import org.eden4j.compressor.Method;

/**
 * What a job is, as its aggregator tells a worker that asks before it joins.
 *
 * @param method how updates travel
 * @param downlink how means travel
 * @param dimension coordinates of updates; 0 while it is open, because no member is there and the aggregator was told none
 * @param mtu Aeron's MTU in bytes
 * @param workers the job's places: members with which it starts, or the capacity if more may join
 * @param agreement what the members' programs have agreed on; empty while no member is there and the aggregator was told none
 */
public record JobOffer(Method method, Method downlink, int dimension, int mtu, int workers,
        Optional<String> agreement) {}
