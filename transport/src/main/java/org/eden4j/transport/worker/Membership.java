package org.eden4j.transport.worker;

import org.eden4j.transport.wire.JobTerms;

/**
 * What a worker was granted when it joined.
 *
 * @param terms of the job
 * @param index the worker's number
 */
public record Membership(JobTerms terms, int index) {}
