package org.eden4j.compressor;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eden4j.compressor.container.CompressedGradient;
import org.eden4j.compressor.container.CompressedGradientHeader;

/**
 * The initial inputs of fuzzing: the output of an honest encoder for every method. Regenerate them after a method has
 * been added or its bytes changed, from the compressor's directory:
 *
 * <pre>
 * java --add-modules jdk.incubator.vector -Deden4j.simd=off -cp target/classes:target/test-classes \
 *     org.eden4j.compressor.FuzzSeeds src/test/resources/org/eden4j/compressor
 * </pre>
 */
final class FuzzSeeds {
    private static final int DIMENSION = 131;

    private FuzzSeeds() {}

    /** Writes all files to the directory named by the only argument. */
    public static void main(String[] arguments) throws IOException {
        for (Map.Entry<String, byte[]> file : files().entrySet()) {
            Path path = Path.of(arguments[0], file.getKey());
            Files.createDirectories(path.getParent());
            Files.write(path, file.getValue());
        }
    }

    /** Returns the files by path, relative to the package in the test resources. */
    static Map<String, byte[]> files() {
        Map<String, byte[]> files = new TreeMap<>();
        files.put("container/ContainerFuzzInputs/read/parts",
                container(new CompressedGradientHeader(
                        UpdateLayout.parse("128 eden:bits=2,coding=entropy W\n2 none b\n1 absent f\n"), 128, 1, 2, 3)));
        List<Method> methods = MethodSamples.all();
        for (int i = 0; i < methods.size(); i++) {
            Method method = methods.get(i);
            String name = method.toString().replaceAll("[^a-z0-9.]+", "-");
            files.put("container/ContainerFuzzInputs/read/" + name, container(method));
            files.put("PayloadFuzzInputs/accumulate/" + name, payload(method, i));
        }
        for (int i = 0; i < CodingFuzz.METHODS.size(); i++) {
            String name = CodingFuzz.METHODS.get(i).toString().replaceAll("[^a-z0-9.]+", "-");
            files.put("CodingFuzzInputs/decode/" + name, CodingFuzz.input(i, 9 + i % 4, i % 8, new byte[]{5, 0, 16}));
        }
        return files;
    }

    private static byte[] container(Method method) {
        return container(new CompressedGradientHeader(method, DIMENSION, 128, 1, 2, 3));
    }

    private static byte[] container(CompressedGradientHeader header) {
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
        int written = codec.encode(MemorySegment.ofArray(MethodSamples.gradient(1, DIMENSION)), 0, DIMENSION, seed,
                MemorySegment.ofArray(bytes), 0);
        return PayloadFuzz.input(index, index, DIMENSION, 1, Arrays.copyOf(bytes, written));
    }
}
