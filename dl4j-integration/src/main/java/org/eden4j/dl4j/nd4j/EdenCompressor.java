package org.eden4j.dl4j.nd4j;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.BytePointer;
import org.eden4j.compressor.container.CompressedGradient;
import org.eden4j.compressor.container.CompressedGradientHeader;
import org.eden4j.compressor.eden.Eden;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.compression.CompressedDataBuffer;
import org.nd4j.linalg.compression.CompressionDescriptor;
import org.nd4j.linalg.compression.CompressionType;
import org.nd4j.linalg.compression.NDArrayCompressor;
import org.nd4j.linalg.factory.Nd4j;

/**
 * EDEN at 1 to 8 bits per value as a compressor of ND4J, which finds the compressors by their names {@code EDEN1} to
 * {@code EDEN8}:
 *
 * <pre>{@code
 * INDArray compressed = Nd4j.getCompressor().compress(x, "EDEN4");
 * INDArray estimate = Nd4j.getCompressor().decompress(compressed);
 * }</pre>
 *
 * <p>The estimate is unbiased over seeds, and its expected squared error is |x|^2 times the method's
 * {@linkplain Eden#vnmse vNMSE}. Each array gets the next seed, starting from a random one, so that the errors of
 * several arrays are independent; {@code configure(seed)} sets the first one. The bytes are those of a
 * {@link CompressedGradient}, including the seed, which any reader of that format accepts.
 *
 * <p>Accepts finite FLOAT values only; copies the array once in each direction. Thread-safe.
 */
public abstract sealed class EdenCompressor implements NDArrayCompressor {
    private final int bits;
    private final AtomicLong seed = new AtomicLong(new SecureRandom().nextLong());

    private EdenCompressor(int bits) {
        this.bits = bits;
    }

    @Override
    public String getDescriptor() {
        return "EDEN" + bits;
    }

    @Override
    public CompressionType getCompressionType() {
        return CompressionType.LOSSY;
    }

    /**
     * Sets the seed of the next array; each later array gets the next number.
     *
     * @param vars a single {@link Number}
     */
    @Override
    public void configure(Object... vars) {
        if (vars.length != 1 || !(vars[0] instanceof Number number)) {
            throw new IllegalArgumentException(
                    getDescriptor() + " is configured by the seed of the next array, got " + Arrays.toString(vars));
        }
        seed.set(number.longValue());
    }

    @Override
    public INDArray compress(INDArray array) {
        INDArray compressed = array.dup(array.ordering());
        compressi(compressed);
        return compressed;
    }

    @Override
    public void compressi(INDArray array) {
        if (array.offset() != 0 || array.length() != array.data().length()) {
            throw new IllegalArgumentException(
                    "an array of " + array.length() + " values at offset " + array.offset() + " in a buffer of "
                            + array.data().length() + " cannot be compressed in place: compress a copy");
        }
        array.setData(compress(array.data()));
        array.markAsCompressed(true);
    }

    /** @throws org.eden4j.compressor.NonFiniteGradientException naming the first value that is not finite */
    @Override
    public DataBuffer compress(DataBuffer buffer) {
        if (buffer.dataType() != DataType.FLOAT) {
            throw new IllegalArgumentException(
                    getDescriptor() + " takes FLOAT, got " + buffer.dataType() + ": use castTo(DataType.FLOAT)");
        }
        float[] values = buffer.asFloat();
        byte[] bytes = CompressedGradient
            .encode(CompressedGradientHeader.of(Eden.unbiased(bits), values.length, seed.getAndIncrement()), values)
            .toByteArray();
        CompressionDescriptor descriptor = new CompressionDescriptor(buffer, this);
        descriptor.setCompressedLength(bytes.length);
        return new CompressedDataBuffer(new BytePointer(bytes), descriptor);
    }

    @Override
    public INDArray decompress(INDArray array) {
        return Nd4j.createArrayFromShapeBuffer(decompress(array.data(), DataType.FLOAT), array.shapeInfoDataBuffer());
    }

    @Override
    public void decompressi(INDArray array) {
        if (array.isCompressed()) {
            array.markAsCompressed(false);
            array.setData(decompress(array.data(), DataType.FLOAT));
        }
    }

    /** @throws org.eden4j.compressor.MalformedPayloadException if the buffer does not hold an encoded array */
    @Override
    public DataBuffer decompress(DataBuffer buffer, DataType targetType) {
        if (targetType != DataType.FLOAT) {
            throw new IllegalArgumentException(getDescriptor() + " decompresses to FLOAT, not " + targetType);
        }
        CompressionDescriptor descriptor = ((CompressedDataBuffer) buffer).getCompressionDescriptor();
        byte[] bytes = new byte[Math.toIntExact(descriptor.getCompressedLength())];
        new BytePointer(buffer.addressPointer()).get(bytes);
        CompressedGradient compressed = CompressedGradient.of(bytes);
        if (compressed.header().dimension() != descriptor.getNumberOfElements()) {
            throw new IllegalArgumentException("an array of " + descriptor.getNumberOfElements() + " values holds "
                    + compressed.header().dimension() + " compressed values");
        }
        return Nd4j.createBuffer(compressed.decode());
    }

    @Override
    public INDArray compress(float[] data) {
        return compress(data, new int[]{1, data.length}, Nd4j.order());
    }

    @Override
    public INDArray compress(double[] data) {
        return compress(data, new int[]{1, data.length}, Nd4j.order());
    }

    @Override
    public INDArray compress(float[] data, int[] shape, char order) {
        INDArray array = Nd4j.create(data, shape, order);
        compressi(array);
        return array;
    }

    @Override
    public INDArray compress(double[] data, int[] shape, char order) {
        float[] floats = new float[data.length];
        for (int i = 0; i < data.length; i++) {
            floats[i] = (float) data[i];
        }
        return compress(floats, shape, order);
    }

    /** EDEN at 1 bit per value, {@code EDEN1}. */
    public static final class Bits1 extends EdenCompressor {
        public Bits1() {
            super(1);
        }
    }

    /** EDEN at 2 bits per value, {@code EDEN2}. */
    public static final class Bits2 extends EdenCompressor {
        public Bits2() {
            super(2);
        }
    }

    /** EDEN at 3 bits per value, {@code EDEN3}. */
    public static final class Bits3 extends EdenCompressor {
        public Bits3() {
            super(3);
        }
    }

    /** EDEN at 4 bits per value, {@code EDEN4}. */
    public static final class Bits4 extends EdenCompressor {
        public Bits4() {
            super(4);
        }
    }

    /** EDEN at 5 bits per value, {@code EDEN5}. */
    public static final class Bits5 extends EdenCompressor {
        public Bits5() {
            super(5);
        }
    }

    /** EDEN at 6 bits per value, {@code EDEN6}. */
    public static final class Bits6 extends EdenCompressor {
        public Bits6() {
            super(6);
        }
    }

    /** EDEN at 7 bits per value, {@code EDEN7}. */
    public static final class Bits7 extends EdenCompressor {
        public Bits7() {
            super(7);
        }
    }

    /** EDEN at 8 bits per value, {@code EDEN8}. */
    public static final class Bits8 extends EdenCompressor {
        public Bits8() {
            super(8);
        }
    }
}
