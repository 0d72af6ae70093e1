package org.eden4j.simulator.file;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateBlocks;
import org.eden4j.compressor.container.CompressedGradientHeader;
import org.eden4j.compressor.container.CompressedGradientReader;
import org.eden4j.simulator.cli.CommonOptions;
import org.eden4j.simulator.cli.Progress;
import org.eden4j.simulator.output.Results;
import org.eden4j.simulator.output.Row;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code eden decompress}: decompresses a container into a file of float32 values. */
@Command(name = "decompress", description = "Decompresses a file to little-endian float32 values.", footer = {
        "",
        "The target is by default FILE without .eden, or FILE.f32.",
        "",
        "Example:",
        "  ./eden decompress gradient.f32.eden copy.f32"})
public final class DecompressCommand implements Callable<Integer> {
    private static final ValueLayout.OfFloat FILE_FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
        .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final String BY_LAYOUT = "by layout";
    private static final int ZEROS = 1024;
    private static final List<String> COLUMNS = List.of("command", "file", "target", "method", "dimension",
            "blockSize", "bytes", "bytesUncompressed");
    private static final List<String> TEXT_COLUMNS = List.of("target", "method", "dimension", "bytes",
            "bytesUncompressed");

    @Mixin
    private CommonOptions common;

    @Mixin
    private FileOptions files;

    @Override
    public Integer call() throws IOException {
        Path file = files.file();
        String name = file.getFileName().toString();
        String usual = name.endsWith(CompressCommand.ENDING) && name.length() > CompressCommand.ENDING.length()
                ? name.substring(0, name.length() - CompressCommand.ENDING.length())
                : name + ".f32";
        try (NewFile target = files.target(usual)) {
            CompressedGradientHeader header = write(file, target);
            long bytes = Files.size(target.part());
            target.commit();
            try (Results results = common.results(COLUMNS, TEXT_COLUMNS)) {
                results.add(Row.of("decompress")
                    .put("file", file.toString())
                    .put("target", target.target().toString())
                    .put("method", header.method().map(Method::toString).orElse(BY_LAYOUT))
                    .put("dimension", header.dimension())
                    .put("blockSize", header.blockSize())
                    .put("bytes", Files.size(file))
                    .put("bytesUncompressed", bytes));
            }
        }
        return 0;
    }

    private CompressedGradientHeader write(Path file, NewFile target) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            CompressedGradientReader reader = new CompressedGradientReader(in);
            CompressedGradientHeader header = reader.header();
            try (OutputStream out = target.open();
                    Progress progress = common.progress("decompress", header.blocks().blockCount())) {
                UpdateBlocks blocks = header.blocks();
                int written = 0;
                for (int block = 0; reader.hasNext(); block++) {
                    writeZeros(out, blocks.offset(block) - written);
                    out.write(littleEndian(reader.decodeNext()));
                    written = blocks.offset(block) + blocks.length(block);
                    progress.step(1);
                }
                writeZeros(out, header.dimension() - written);
            }
            if (in.read() >= 0) {
                throw new MalformedPayloadException("continues after the last block of its compressed gradient");
            }
            return header;
        } catch (MalformedPayloadException e) {
            throw new IllegalArgumentException(file + " cannot be decompressed: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new IOException(file + " cannot be decompressed to " + target.target() + ": " + e.getMessage(), e);
        }
    }

    /** Writes the zeros of absent coordinates. */
    private static void writeZeros(OutputStream out, int coordinates) throws IOException {
        byte[] zeros = new byte[ZEROS * Float.BYTES];
        for (int left = coordinates; left > 0; left -= ZEROS) {
            out.write(zeros, 0, Math.min(left, ZEROS) * Float.BYTES);
        }
    }

    private static byte[] littleEndian(MemorySegment block) {
        byte[] bytes = new byte[Math.toIntExact(block.byteSize())];
        MemorySegment.copy(block, ValueLayout.JAVA_FLOAT, 0, MemorySegment.ofArray(bytes), FILE_FLOAT, 0,
                bytes.length / Float.BYTES);
        return bytes;
    }
}
