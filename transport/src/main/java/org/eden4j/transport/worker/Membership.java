package org.eden4j.transport.worker;

import org.eden4j.transport.wire.JobTerms;

/**
 * The membership that a worker was granted.
 *
 * @param terms the job's terms
 * @param index the worker's number
 */
public record Membership(JobTerms terms, int index) {}
