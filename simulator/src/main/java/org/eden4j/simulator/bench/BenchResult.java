package org.eden4j.simulator.bench;

/**
 * The measurements of one JVM. Times are those of the best repetition, the one disturbed least, in nanoseconds per
 * coordinate; processor times are means over all repetitions and all threads of the JVM.
 *
 * @param simd vector width in bits, 0 if SIMD is off
 * @param copy {@code System.arraycopy} of a float array of the dimension
 * @param encode encoding of the whole vector
 * @param decode decoding of the whole vector, added to a sum
 * @param encodeProcessor processor time of encode
 * @param decodeProcessor processor time of decode
 * @param encodeAllocated bytes per block allocated by the calling thread in the last turn
 * @param decodeAllocated the same for decode
 */
public record BenchResult(
        int simd, double copy, double encode, double decode, double encodeProcessor, double decodeProcessor,
        double encodeAllocated, double decodeAllocated) {}
