package org.eden4j.transport.local;

import java.time.Duration;
import java.util.function.Consumer;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.RoundStatistics;

/**
 * The settings of a local job.
 *
 * @param workers the number of members for which it waits before its first round ends
 * @param method the compression method of updates
 * @param downlink the compression method of means
 * @param mtu the MTU of the job over Aeron with the same frames
 * @param jobSeed the seed of all rotations
 * @param firstRound the number of the first round
 * @param patience how long a call waits for other members
 * @param onRound called at the end of each round
 */
record LocalTerms(int workers, Method method, Method downlink, int mtu, long jobSeed, long firstRound,
        Duration patience, Consumer<RoundStatistics> onRound) {}
