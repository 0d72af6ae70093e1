package org.eden4j.compressor;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes the inputs that fuzzing starts from: what an honest encoder makes, for every method. To be run by hand, from this
 * module, after a method was added: {@code java -cp target/classes:target/test-classes
 * org.eden4j.compressor.FuzzSeeds src/test/resources/org/eden4j/compressor}.
 */
final class FuzzSeeds {
    private static final int DIMENSION = 131;

    private FuzzSeeds() {}

    public static void main(String[] arguments) throws IOException {
        Path container = Files.createDirectories(Path.of(arguments[0], "ContainerFuzzInputs", "read"));
        Path payload = Files.createDirectories(Path.of(arguments[0], "PayloadFuzzInputs", "accumulate"));
        List<Method> methods = MethodSamples.all();
        for (int i = 0; i < methods.size(); i++) {
            Method method = methods.get(i);
            String name = method.toString().replaceAll("[^a-z0-9.]+", "-");
            Files.write(container.resolve(name), container(method));
            Files.write(payload.resolve(name), payload(method, i));
        }
    }

    private static byte[] container(Method method) {
        CompressedGradientHeader header = new CompressedGradientHeader(method, DIMENSION, 128, 1, 2, 3);
        byte[] bytes = CompressedGradient.encode(header, MethodSamples.gradient(1, DIMENSION)).toByteArray();
        byte[] input = new byte[1 + bytes.length];
        input[0] = 1;
        System.arraycopy(bytes, 0, input, 1, bytes.length);
        return input;
    }

    private static byte[] payload(Method method, int index) {
        BlockCodec codec = BlockCodec.of(method);
        byte[] bytes = new byte[codec.payloadBytes(DIMENSION)];
        BlockSeed seed = BlockSeed.of(1, 1, 2, 3);
        codec.encode(MemorySegment.ofArray(MethodSamples.gradient(1, DIMENSION)), 0, DIMENSION, seed,
                MemorySegment.ofArray(bytes), 0);
        return PayloadFuzz.input(index, index, DIMENSION, 1, bytes);
    }
}
