/**
 * Gradients to bytes and back. Exports the contract, the methods' records and the container; kernels, blocks and rotations stay
 * behind the wall. Finds methods of other modules that provide a {@link org.eden4j.compressor.MethodType}.
 *
 * <p>On the module path {@code jdk.incubator.vector} is resolved by this module; vectors are loaded from native memory, so start
 * with {@code --enable-native-access=org.eden4j.compressor}. On the class path both take a flag.
 */
module org.eden4j.compressor {
    requires jdk.incubator.vector;

    exports org.eden4j.compressor;
    exports org.eden4j.compressor.eden;
    exports org.eden4j.compressor.stochastic;
    exports org.eden4j.compressor.sparse;
    exports org.eden4j.compressor.elementwise;
    exports org.eden4j.compressor.container;

    uses org.eden4j.compressor.MethodType;
}
