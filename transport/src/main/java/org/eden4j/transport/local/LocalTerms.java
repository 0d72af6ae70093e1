package org.eden4j.transport.local;

import java.time.Duration;
import java.util.function.Consumer;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.RoundStatistics;

/**
 * What a local job was told.
 *
 * @param workers members that it waits for before its first round ends
 * @param method how updates travel
 * @param downlink how means travel
 * @param mtu of the job over Aeron whose frames these are
 * @param jobSeed of all rotations
 * @param firstRound the number of the first round
 * @param patience how long a call waits for other members
 * @param onRound is called at the end of each round
 */
record LocalTerms(int workers, Method method, Method downlink, int mtu, long jobSeed, long firstRound,
        Duration patience, Consumer<RoundStatistics> onRound) {}
