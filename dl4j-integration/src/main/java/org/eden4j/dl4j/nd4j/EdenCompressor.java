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
 * EDEN at 1 to 8 bits per value as a compressor of ND4J, which finds them by their names {@code EDEN1} to {@code EDEN8}:
 *
 * <pre>{@code
 * INDArray compressed = Nd4j.getCompressor().compress(x, "EDEN4");
 * INDArray estimate = Nd4j.getCompressor().decompress(compressed);
 * }</pre>
 *
 * <p>An estimate is right on average over seeds, and off by the method's {@linkplain Eden#vnmse vNMSE}. Each array gets the next
 * seed, from a random one on, so that errors of several arrays are independent; {@code configure(seed)} sets where to begin.
 * The bytes are those of a {@link CompressedGradient}, seed included, which any reader of that format takes.
 *
 * <p>FLOAT only, of finite values; copies the array once each way. Thread-safe.
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
     * Sets the seed of the next array; the one after that has the next number.
     *
     * @param vars a {@link Number}
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

    /** @throws org.eden4j.compressor.NonFiniteGradientException naming the value that is not finite */
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

    /** @throws org.eden4j.compressor.MalformedPayloadException if the buffer has not what an encoder makes */
    @Override
    public DataBuffer decompress(DataBuffer buffer, DataType targetType) {
        if (targetType != DataType.FLOAT) {
            throw new IllegalArgumentException(getDescriptor() + " gives FLOAT, not " + targetType);
        }
        CompressionDescriptor descriptor = ((CompressedDataBuffer) buffer).getCompressionDescriptor();
        byte[] bytes = new byte[Math.toIntExact(descriptor.getCompressedLength())];
        new BytePointer(buffer.addressPointer()).get(bytes);
        CompressedGradient compressed = CompressedGradient.of(bytes);
        if (compressed.header().dimension() != descriptor.getNumberOfElements()) {
            throw new IllegalArgumentException("an array of " + descriptor.getNumberOfElements() + " values has "
                    + compressed.header().dimension() + " compressed ones");
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

    /** {@code EDEN1}. */
    public static final class Bits1 extends EdenCompressor {
        public Bits1() {
            super(1);
        }
    }

    /** {@code EDEN2}. */
    public static final class Bits2 extends EdenCompressor {
        public Bits2() {
            super(2);
        }
    }

    /** {@code EDEN3}. */
    public static final class Bits3 extends EdenCompressor {
        public Bits3() {
            super(3);
        }
    }

    /** {@code EDEN4}. */
    public static final class Bits4 extends EdenCompressor {
        public Bits4() {
            super(4);
        }
    }

    /** {@code EDEN5}. */
    public static final class Bits5 extends EdenCompressor {
        public Bits5() {
            super(5);
        }
    }

    /** {@code EDEN6}. */
    public static final class Bits6 extends EdenCompressor {
        public Bits6() {
            super(6);
        }
    }

    /** {@code EDEN7}. */
    public static final class Bits7 extends EdenCompressor {
        public Bits7() {
            super(7);
        }
    }

    /** {@code EDEN8}. */
    public static final class Bits8 extends EdenCompressor {
        public Bits8() {
            super(8);
        }
    }
}
