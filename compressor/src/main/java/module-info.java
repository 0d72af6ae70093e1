/**
 * Turns gradients into bytes and bytes into gradients. Exports the contract, the records of the methods and the
 * container; kernels, blocks and rotations are not exported. Finds methods of other modules that provide a
 * {@link org.eden4j.compressor.MethodType}.
 *
 * <p>On the module path this module resolves {@code jdk.incubator.vector}. Kernels access native memory, so start the
 * JVM with {@code --enable-native-access=org.eden4j.compressor}. On the class path both need a flag.
 */
module org.eden4j.compressor {
    requires jdk.incubator.vector;

    exports org.eden4j.compressor;
    exports org.eden4j.compressor.eden;
    exports org.eden4j.compressor.stochastic;
    exports org.eden4j.compressor.sparse;
    exports org.eden4j.compressor.elementwise;
    exports org.eden4j.compressor.schedule;
    exports org.eden4j.compressor.container;

    uses org.eden4j.compressor.MethodType;
}
