package org.eden4j.spark;

import org.eden4j.compressor.UpdateLayout;
import org.eden4j.compressor.container.CompressedGradient;
import org.eden4j.compressor.container.CompressedGradientHeader;

/** Updates and means as containers, with the seeds of a job's round. */
final class Containers {
    private Containers() {}

    /**
     * Encodes.
     *
     * @param layout of which each part travels by the method that it has in this round
     * @param worker its number, or {@link org.eden4j.compressor.BlockSeed#AGGREGATOR}
     */
    static CompressedGradient encode(UpdateLayout layout, long jobSeed, int round, int worker, float[] vector) {
        CompressedGradientHeader usual = CompressedGradientHeader.of(layout.at(round), jobSeed);
        return CompressedGradient.encode(
                new CompressedGradientHeader(usual.parts(), usual.blockSize(), jobSeed, round, worker), vector);
    }
}
