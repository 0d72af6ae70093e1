package org.eden4j.simulator.host;

import org.eden4j.simulator.cli.TextConverter;
import org.eden4j.transport.job.JobAddress;

/** Reads {@code HOST:PORT}, or those of several shards separated by commas. */
final class EndpointConverter extends TextConverter<JobAddress> {
    EndpointConverter() {
        super(text -> JobAddress.parse("udp:" + text));
    }
}
