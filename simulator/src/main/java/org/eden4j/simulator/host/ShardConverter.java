package org.eden4j.simulator.host;

import org.eden4j.simulator.cli.TextConverter;
import org.eden4j.transport.job.Shard;

/** Reads {@code K/S}. */
final class ShardConverter extends TextConverter<Shard> {
    ShardConverter() {
        super(Shard::parse);
    }
}
