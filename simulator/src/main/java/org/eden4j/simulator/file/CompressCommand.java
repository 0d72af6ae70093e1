package org.eden4j.simulator.file;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.eden4j.compressor.NonFiniteGradientException;
import org.eden4j.compressor.container.CompressedGradientHeader;
import org.eden4j.compressor.container.CompressedGradientReader;
import org.eden4j.compressor.container.CompressedGradientWriter;
import org.eden4j.simulator.cli.CommonOptions;
import org.eden4j.simulator.cli.GivenMethod;
import org.eden4j.simulator.cli.Progress;
import org.eden4j.simulator.input.Float32File;
import org.eden4j.simulator.output.Results;
import org.eden4j.simulator.output.Row;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code eden compress}: compresses a file of float32 values into a container. The file is memory-mapped, and the
 * container is read back before it is renamed to its final name: {@code vnmse} is that of the container on disk.
 */
@Command(name = "compress", description = "Compresses a file of little-endian float32 values.", footer = {
        "",
        "The target is a container as described in docs/container.md, by default FILE.eden. vnmse is |x - x^|^2 / "
                + "|x|^2, measured on the file as written.",
        "",
        "Example:",
        "  ./eden compress gradient.f32 --method eden:bits=4",
        "  ./eden decompress gradient.f32.eden copy.f32"})
public final class CompressCommand implements Callable<Integer> {
    static final String ENDING = ".eden";
    private static final List<String> COLUMNS = List.of("command", "file", "target", "method", "dimension",
            "blockSize", "bytes", "bytesUncompressed", "vnmse");
    private static final List<String> TEXT_COLUMNS = List.of("target", "method", "dimension", "bytes",
            "bytesUncompressed", "vnmse");

    @Mixin
    private CommonOptions common;

    @Mixin
    private FileOptions files;

    @Option(names = "--method", paramLabel = "M", defaultValue = "eden:bits=4", converter = GivenMethod.Converter.class, description = "Method (default ${DEFAULT-VALUE}).")
    private GivenMethod method;

    @Override
    public Integer call() throws IOException {
        Path file = files.file();
        try (NewFile target = files.target(file.getFileName() + ENDING);
                FileChannel channel = FileChannel.open(file);
                Arena arena = Arena.ofConfined()) {
            long coordinates = Float32File.coordinates(file, channel);
            if (coordinates > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(file + " holds " + coordinates
                        + " values; a container takes at most " + Integer.MAX_VALUE + ": split it");
            }
            CompressedGradientHeader header = CompressedGradientHeader.of(method.method(), (int) coordinates,
                    common.seed());
            // x86-64 and AArch64 are little endian, like the file.
            MemorySegment gradient = channel.map(FileChannel.MapMode.READ_ONLY, 0, coordinates * Float.BYTES, arena);
            double vnmse;
            try (Progress progress = common.progress("compress", 2L * header.blocks().blockCount())) {
                write(file, target, header, gradient, progress);
                vnmse = readBack(target, gradient, progress);
            }
            long bytes = Files.size(target.part());
            target.commit();
            try (Results results = common.results(COLUMNS, TEXT_COLUMNS)) {
                results.add(Row.of("compress")
                    .put("file", file.toString())
                    .put("target", target.target().toString())
                    .put("method", method.text())
                    .put("dimension", header.dimension())
                    .put("blockSize", header.blockSize())
                    .put("bytes", bytes)
                    .put("bytesUncompressed", gradient.byteSize())
                    .put("vnmse", vnmse));
            }
        }
        return 0;
    }

    private static void write(
            Path file, NewFile target, CompressedGradientHeader header, MemorySegment gradient, Progress progress)
            throws IOException {
        try (OutputStream out = target.open()) {
            CompressedGradientWriter writer = new CompressedGradientWriter(out, header);
            while (writer.hasNext()) {
                writer.encodeNext(gradient);
                progress.step(1);
            }
        } catch (NonFiniteGradientException e) {
            throw new IllegalArgumentException(file + " cannot be compressed: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new IOException("target " + target.target() + " cannot be written: " + e.getMessage(), e);
        }
    }

    /** Returns the error of the container that was written. */
    private static double readBack(NewFile target, MemorySegment gradient, Progress progress) throws IOException {
        double squaredError = 0;
        double squaredNorm = 0;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(target.part()))) {
            CompressedGradientReader reader = new CompressedGradientReader(in);
            long at = 0;
            while (reader.hasNext()) {
                MemorySegment block = reader.decodeNext();
                for (long i = 0; i < block.byteSize(); i += Float.BYTES) {
                    double x = gradient.get(ValueLayout.JAVA_FLOAT, at + i);
                    double error = x - block.get(ValueLayout.JAVA_FLOAT, i);
                    squaredNorm += x * x;
                    squaredError += error * error;
                }
                at += block.byteSize();
                progress.step(1);
            }
        }
        return squaredNorm == 0 ? 0 : squaredError / squaredNorm;
    }
}
