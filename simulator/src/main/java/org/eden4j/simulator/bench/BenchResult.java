package org.eden4j.simulator.bench;

/**
 * What one fork measured. Times are those of the best repetition, the one that was disturbed least, in nanoseconds a
 * coordinate; processor times are means over all repetitions and all threads of the JVM.
 *
 * @param simd bits of the vectors in use, 0 if none
 * @param copy {@code System.arraycopy} of a float array of the dimension
 * @param encode of the whole vector
 * @param decode of the whole vector, added to a sum
 * @param encodeProcessor processor time of encode
 * @param decodeProcessor processor time of decode
 * @param encodeAllocated bytes allocated a block by the calling thread in the last turn
 * @param decodeAllocated the same for decode
 */
public record BenchResult(
        int simd, double copy, double encode, double decode, double encodeProcessor, double decodeProcessor,
        double encodeAllocated, double decodeAllocated) {}
