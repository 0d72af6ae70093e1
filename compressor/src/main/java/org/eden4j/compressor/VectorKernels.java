package org.eden4j.compressor;

import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.NEG;
import static jdk.incubator.vector.VectorOperators.OR;
import static jdk.incubator.vector.VectorOperators.ROL;
import static jdk.incubator.vector.VectorOperators.SUB;
import static jdk.incubator.vector.VectorOperators.XOR;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernels in vectors of 128, 256 or 512 bits: bit for bit those of {@link ScalarKernels}.
 *
 * <p>What keeps them fast on every start of the JVM: every load and store goes to a segment off the heap, so that the
 * type profile of segment accesses stays uniform; bits are never viewed as another type in a register
 * ({@code viewAsIntegralLanes} goes through a heap segment while interpreted and spoils that profile) but written as one
 * type and read as the other; loop bodies stay below the node budget of the compiler; the species is a constant.
 */
final class VectorKernels implements Kernels {
    private static final VectorSpecies<Float> FLOATS = switch (Simd.widthBits()) {
        case 128 -> FloatVector.SPECIES_128;
        case 256 -> FloatVector.SPECIES_256;
        default -> FloatVector.SPECIES_512;
    };
    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());
    private static final int WIDTH = FLOATS.length();
    private static final ByteOrder NATIVE = ByteOrder.nativeOrder();
    private static final ByteOrder WIRE = ByteOrder.LITTLE_ENDIAN;
    /** A block that stays in L1 with its sign words: transforms above go depth first. */
    private static final int LEAF = 1 << 12;

    private static final IntVector LANE_NUMBERS = IntVector.zero(INTS).addIndex(1);
    private static final FloatVector FACTORS_1 = butterflyFactors(1);
    private static final FloatVector FACTORS_2 = butterflyFactors(2);
    private static final FloatVector FACTORS_4 = butterflyFactors(4);
    private static final FloatVector FACTORS_8 = butterflyFactors(8);
    private static final VectorShuffle<Float> PARTNERS_1 = VectorShuffle.fromOp(FLOATS, lane -> lane ^ 1);
    private static final VectorShuffle<Float> PARTNERS_2 = VectorShuffle.fromOp(FLOATS, lane -> lane ^ 2);
    private static final VectorShuffle<Float> PARTNERS_4 = VectorShuffle.fromOp(FLOATS, lane -> (lane ^ 4) & WIDTH - 1);
    private static final VectorShuffle<Float> PARTNERS_8 = VectorShuffle.fromOp(FLOATS, lane -> (lane ^ 8) & WIDTH - 1);

    /** Registers that a look-up table may fill before the scalar loop is faster. */
    private static final int LARGEST_TABLE = 8;

    /** Levels of a search tree that fit one register. */
    private static final int TOP_LEVELS = Integer.numberOfTrailingZeros(WIDTH);

    private final MemorySegment scaled = Arena.ofAuto().allocate(4L * LEAF, 64);
    /** For blocks and bit widths that do not fit the vectors. */
    private final ScalarKernels scalar = new ScalarKernels();
    private final float[] folded = new float[FOLDED_LANES];

    private static FloatVector butterflyFactors(int stride) {
        float[] factors = new float[WIDTH];
        for (int lane = 0; lane < WIDTH; lane++) {
            factors[lane] = (lane & stride) == 0 ? 1 : -1;
        }
        return FloatVector.fromArray(FLOATS, factors, 0);
    }

    private static FloatVector load(MemorySegment x, int i) {
        return FloatVector.fromMemorySegment(FLOATS, x, 4L * i, NATIVE);
    }

    private static void store(FloatVector v, MemorySegment x, int i) {
        v.intoMemorySegment(x, 4L * i, NATIVE);
    }

    private static IntVector loadInts(MemorySegment x, int i) {
        return IntVector.fromMemorySegment(INTS, x, 4L * i, NATIVE);
    }

    private static void store(IntVector v, MemorySegment x, int i) {
        v.intoMemorySegment(x, 4L * i, NATIVE);
    }

    @Override
    public int maxAbsBits(MemorySegment x, int n) {
        IntVector max = IntVector.zero(INTS);
        int end = INTS.loopBound(n);
        for (int i = 0; i < end; i += WIDTH) {
            max = max.max(loadInts(x, i).and(ScalarKernels.MAGNITUDE));
        }
        return Math.max(max.reduceLanes(MAX), ScalarKernels.maxAbsBits(x, end, n));
    }

    @Override
    public void signWords(long seed, int stream, MemorySegment words, int n) {
        int count = Kernels.signWordCount(n) / 4;
        for (int counter = 0; counter < count; counter += WIDTH) {
            int to = (counter & -16) * 4 + (counter & 15);
            threefry(counter, (int) seed, (int) (seed >>> 32), stream, Threefry.DOMAIN, words, to);
        }
    }

    private static void threefry(int counter, int k0, int k1, int k2, int k3, MemorySegment words, int to) {
        int k4 = Threefry.parity(k0, k1, k2, k3);
        IntVector x0 = LANE_NUMBERS.add(counter + k0);
        IntVector x1 = IntVector.broadcast(INTS, k1);
        IntVector x2 = IntVector.broadcast(INTS, k2);
        IntVector x3 = IntVector.broadcast(INTS, k3);
        for (int group = 0; group < Threefry.GROUPS; group++) {
            for (int i = 0; i < 8; i += 4) {
                x0 = x0.add(x1);
                x1 = x1.lanewise(ROL, Threefry.distance(group, i)).lanewise(XOR, x0);
                x2 = x2.add(x3);
                x3 = x3.lanewise(ROL, Threefry.distance(group, i + 1)).lanewise(XOR, x2);
                x0 = x0.add(x3);
                x3 = x3.lanewise(ROL, Threefry.distance(group, i + 2)).lanewise(XOR, x0);
                x2 = x2.add(x1);
                x1 = x1.lanewise(ROL, Threefry.distance(group, i + 3)).lanewise(XOR, x2);
            }
            int first = k0;
            k0 = k1;
            k1 = k2;
            k2 = k3;
            k3 = k4;
            k4 = first;
            x0 = x0.add(k0);
            x1 = x1.add(k1);
            x2 = x2.add(k2);
            x3 = x3.add(k3 + group + 1);
        }
        store(x0, words, to);
        store(x1, words, to + 16);
        store(x2, words, to + 32);
        store(x3, words, to + 48);
    }

    @Override
    public void hadamard(MemorySegment x, int n) {
        for (int leaf = 0; leaf < n; leaf += LEAF) {
            int size = Math.min(LEAF, n);
            registerButterflies(x, leaf, size);
            combine(x, leaf, size, WIDTH);
        }
        combineLeaves(x, 0, n);
    }

    @Override
    public void rotate(MemorySegment x, int n, MemorySegment signWords, float factor) {
        for (int leaf = 0; leaf < n; leaf += LEAF) {
            int size = Math.min(LEAF, n);
            signedRegisterButterflies(x, leaf, size, signWords, factor);
            combine(x, leaf, size, WIDTH);
        }
        combineLeaves(x, 0, n);
    }

    /** The strides below the vector width. */
    private static void registerButterflies(MemorySegment x, int from, int n) {
        for (int i = from; i < from + n; i += WIDTH) {
            store(butterflies(load(x, i)), x, i);
        }
    }

    /** The same after multiplying by the factor and the signs. */
    private static void signedRegisterButterflies(
            MemorySegment x, int from, int n, MemorySegment signWords, float factor) {
        for (int group = from; group < from + n; group += SIGN_GROUP) {
            int end = Math.min(group + SIGN_GROUP, from + n);
            for (int lane = 0; lane < 16; lane += WIDTH) {
                IntVector words = loadInts(signWords, group / 32 + lane);
                for (int i = group + lane; i < end; i += 16) {
                    store(butterflies(negate(load(x, i).mul(factor), words)), x, i);
                    words = words.add(words);
                }
            }
        }
    }

    /** Negates where the sign word's highest bit is set. */
    private static FloatVector negate(FloatVector v, IntVector words) {
        return v.lanewise(NEG, words.compare(LT, 0).cast(FLOATS));
    }

    private static FloatVector butterflies(FloatVector v) {
        v = v.fma(FACTORS_1, v.rearrange(PARTNERS_1));
        v = v.fma(FACTORS_2, v.rearrange(PARTNERS_2));
        if (WIDTH > 4) {
            v = v.fma(FACTORS_4, v.rearrange(PARTNERS_4));
        }
        if (WIDTH > 8) {
            v = v.fma(FACTORS_8, v.rearrange(PARTNERS_8));
        }
        return v;
    }

    /** The strides from {@code stride} to n / 2 of the n coordinates at {@code from}. */
    private static void combine(MemorySegment x, int from, int n, int stride) {
        while (stride < n) {
            int left = n / stride;
            if (left == 2) {
                radix2(x, from, stride);
                return;
            }
            if (left == 4 || left == 16) {
                radix4(x, from, n, stride);
                stride *= 4;
            } else {
                radix8(x, from, n, stride);
                stride *= 8;
            }
        }
    }

    /** The strides from {@link #LEAF} up, depth first. */
    private static void combineLeaves(MemorySegment x, int from, int n) {
        if (n <= LEAF) {
            return;
        }
        int part = Math.max(LEAF, n / 8);
        for (int start = from; start < from + n; start += part) {
            combineLeaves(x, start, part);
        }
        combine(x, from, n, part);
    }

    private static void radix2(MemorySegment x, int from, int stride) {
        for (int i = from; i < from + stride; i += WIDTH) {
            FloatVector a = load(x, i);
            FloatVector b = load(x, i + stride);
            store(a.add(b), x, i);
            store(a.sub(b), x, i + stride);
        }
    }

    /**
     * Two at a time, which also keeps the method too large to be inlined: where a caller took it in, the compiler's budget
     * ran out and vectors were boxed. A quarter of a block is at least two vectors.
     */
    private static void radix4(MemorySegment x, int from, int n, int stride) {
        for (int t = 0; t < n / 4; t += 2 * WIDTH) {
            int i = from + ((t & -stride) << 2 | t & stride - 1);
            int j = from + ((t + WIDTH & -stride) << 2 | t + WIDTH & stride - 1);
            FloatVector v0 = load(x, i);
            FloatVector v1 = load(x, i + stride);
            FloatVector v2 = load(x, i + 2 * stride);
            FloatVector v3 = load(x, i + 3 * stride);
            FloatVector w0 = load(x, j);
            FloatVector w1 = load(x, j + stride);
            FloatVector w2 = load(x, j + 2 * stride);
            FloatVector w3 = load(x, j + 3 * stride);
            FloatVector a0 = v0.add(v1);
            FloatVector a1 = v0.sub(v1);
            FloatVector a2 = v2.add(v3);
            FloatVector a3 = v2.sub(v3);
            FloatVector b0 = w0.add(w1);
            FloatVector b1 = w0.sub(w1);
            FloatVector b2 = w2.add(w3);
            FloatVector b3 = w2.sub(w3);
            store(a0.add(a2), x, i);
            store(a1.add(a3), x, i + stride);
            store(a0.sub(a2), x, i + 2 * stride);
            store(a1.sub(a3), x, i + 3 * stride);
            store(b0.add(b2), x, j);
            store(b1.add(b3), x, j + stride);
            store(b0.sub(b2), x, j + 2 * stride);
            store(b1.sub(b3), x, j + 3 * stride);
        }
    }

    private static void radix8(MemorySegment x, int from, int n, int stride) {
        for (int t = 0; t < n / 8; t += WIDTH) {
            int i = from + ((t & -stride) << 3 | t & stride - 1);
            FloatVector v0 = load(x, i);
            FloatVector v1 = load(x, i + stride);
            FloatVector v2 = load(x, i + 2 * stride);
            FloatVector v3 = load(x, i + 3 * stride);
            FloatVector v4 = load(x, i + 4 * stride);
            FloatVector v5 = load(x, i + 5 * stride);
            FloatVector v6 = load(x, i + 6 * stride);
            FloatVector v7 = load(x, i + 7 * stride);
            FloatVector a0 = v0.add(v1);
            FloatVector a1 = v0.sub(v1);
            FloatVector a2 = v2.add(v3);
            FloatVector a3 = v2.sub(v3);
            FloatVector a4 = v4.add(v5);
            FloatVector a5 = v4.sub(v5);
            FloatVector a6 = v6.add(v7);
            FloatVector a7 = v6.sub(v7);
            FloatVector b0 = a0.add(a2);
            FloatVector b1 = a1.add(a3);
            FloatVector b2 = a0.sub(a2);
            FloatVector b3 = a1.sub(a3);
            FloatVector b4 = a4.add(a6);
            FloatVector b5 = a5.add(a7);
            FloatVector b6 = a4.sub(a6);
            FloatVector b7 = a5.sub(a7);
            store(b0.add(b4), x, i);
            store(b1.add(b5), x, i + stride);
            store(b2.add(b6), x, i + 2 * stride);
            store(b3.add(b7), x, i + 3 * stride);
            store(b0.sub(b4), x, i + 4 * stride);
            store(b1.sub(b5), x, i + 5 * stride);
            store(b2.sub(b6), x, i + 6 * stride);
            store(b3.sub(b7), x, i + 7 * stride);
        }
    }

    @Override
    public void addSigned(
            MemorySegment x, int n, MemorySegment signWords, float factor, MemorySegment sum, long sumOffset) {
        FloatVector factors = FloatVector.broadcast(FLOATS, factor);
        for (int group = 0; group < n; group += SIGN_GROUP) {
            int end = Math.min(group + SIGN_GROUP, n);
            for (int lane = 0; lane < 16; lane += WIDTH) {
                IntVector words = loadInts(signWords, group / 32 + lane);
                for (int i = group + lane; i + WIDTH <= end; i += 16) {
                    long at = sumOffset + 4L * i;
                    negate(load(x, i), words)
                        .fma(factors, FloatVector.fromMemorySegment(FLOATS, sum, at, NATIVE))
                        .intoMemorySegment(sum, at, NATIVE);
                    words = words.add(words);
                }
            }
        }
        ScalarKernels.addSigned(x, FLOATS.loopBound(n), n, signWords, factor, sum, sumOffset);
    }

    @Override
    public void addScaled(MemorySegment x, int n, float factor, MemorySegment sum, long sumOffset) {
        FloatVector factors = FloatVector.broadcast(FLOATS, factor);
        int end = FLOATS.loopBound(n);
        for (int i = 0; i < end; i += WIDTH) {
            long at = sumOffset + 4L * i;
            load(x, i).fma(factors, FloatVector.fromMemorySegment(FLOATS, sum, at, NATIVE))
                .intoMemorySegment(sum, at, NATIVE);
        }
        ScalarKernels.addScaled(x, end, n, factor, sum, sumOffset);
    }

    @Override
    public void scale(MemorySegment x, int n, float factor, MemorySegment scaled) {
        for (int i = 0; i < n; i += WIDTH) {
            store(load(x, i).mul(factor), scaled, i);
        }
    }

    @Override
    public void square(MemorySegment x, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            FloatVector v = load(x, i);
            store(v.mul(v), x, i);
        }
    }

    @Override
    public double dot(MemorySegment x, MemorySegment y, int n) {
        double sum = 0;
        for (int run = 0; run < n; run += SUM_RUN) {
            int end = Math.min(n, run + SUM_RUN);
            for (int lane = 0; lane < FOLDED_LANES; lane += WIDTH) {
                foldRun(x, y, run + lane, end, folded, lane);
            }
            for (float lane : folded) {
                sum += lane;
            }
        }
        return sum;
    }

    /** Lanes from, from + 16, from + 32, from + 48 of a run, each {@link #WIDTH} wide, folded into folded[lane...]. */
    private static void foldRun(MemorySegment x, MemorySegment y, int from, int end, float[] folded, int lane) {
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        for (int i = from; i < end; i += SUM_LANES) {
            a = load(x, i).fma(load(y, i), a);
            b = load(x, i + 16).fma(load(y, i + 16), b);
            c = load(x, i + 32).fma(load(y, i + 32), c);
            d = load(x, i + 48).fma(load(y, i + 48), d);
        }
        a.add(b).add(c.add(d)).intoArray(folded, lane);
    }

    @Override
    public void quantize(MemorySegment x, int n, float scale, Codebook codebook, MemorySegment indices) {
        float[] t = codebook.floatBoundaries();
        switch (codebook.bits()) {
            case 1 -> quantize1(x, n, scale, indices);
            case 2 -> quantize2(x, n, scale, t[0], indices);
            case 3 -> quantize3(x, n, scale, t[0], t[1], t[2], indices);
            case 4 -> quantize4(x, n, scale, t[0], t[1], t[2], t[3], t[4], t[5], t[6], indices);
            default -> search(x, n, scale, codebook, indices);
        }
    }

    private static void quantize1(MemorySegment x, int n, float scale, MemorySegment indices) {
        for (int i = 0; i < n; i += WIDTH) {
            store(IntVector.zero(INTS).add(1, negative(load(x, i).mul(scale))), indices, i);
        }
    }

    private static void quantize2(MemorySegment x, int n, float scale, float t0, MemorySegment indices) {
        for (int i = 0; i < n; i += WIDTH) {
            FloatVector z = load(x, i).mul(scale);
            IntVector index = IntVector.zero(INTS).add(1, above(z.abs(), t0));
            store(index.lanewise(OR, 2, negative(z)), indices, i);
        }
    }

    private static void quantize3(
            MemorySegment x, int n, float scale, float t0, float t1, float t2, MemorySegment indices) {
        for (int i = 0; i < n; i += WIDTH) {
            FloatVector z = load(x, i).mul(scale);
            FloatVector a = z.abs();
            IntVector index = IntVector.zero(INTS).add(1, above(a, t0)).add(1, above(a, t1)).add(1, above(a, t2));
            store(index.lanewise(OR, 4, negative(z)), indices, i);
        }
    }

    private static void quantize4(
            MemorySegment x, int n, float scale, float t0, float t1, float t2, float t3, float t4, float t5, float t6,
            MemorySegment indices) {
        for (int i = 0; i < n; i += WIDTH) {
            FloatVector z = load(x, i).mul(scale);
            FloatVector a = z.abs();
            IntVector low = IntVector.zero(INTS).add(1, above(a, t0)).add(1, above(a, t1)).add(1, above(a, t2));
            IntVector high = low.add(1, above(a, t3)).add(1, above(a, t4)).add(1, above(a, t5)).add(1, above(a, t6));
            store(high.lanewise(OR, 8, negative(z)), indices, i);
        }
    }

    /**
     * From five bits up: a walk down the search tree of the boundaries, a few levels a pass. The first levels fit one
     * register, each level below is a pass with a table of its own.
     */
    private void search(MemorySegment x, int n, float scale, Codebook codebook, MemorySegment indices) {
        int levels = codebook.bits() - 1;
        if (1 << levels - 1 > WIDTH * LARGEST_TABLE) {
            scalar.quantize(x, n, scale, codebook, indices);
            return;
        }
        int[] tree = codebook.boundaryTree();
        for (int from = 0; from < n; from += LEAF) {
            int size = Math.min(LEAF, n - from);
            MemorySegment nodes = indices.asSlice(4L * from, 4L * size);
            scale(x.asSlice(4L * from, 4L * size), size, scale, scaled);
            searchTop(scaled, size, IntVector.fromArray(INTS, tree, 0), nodes);
            for (int level = TOP_LEVELS; level < levels; level++) {
                searchLevel(scaled, size, tree, 1 << level, nodes);
            }
            nodesToIndices(scaled, size, 1 << levels, nodes);
        }
    }

    /** The levels above the vector width, root 1, children 2 i and 2 i + 1. */
    private static void searchTop(MemorySegment scaled, int n, IntVector tree, MemorySegment nodes) {
        for (int i = 0; i < n; i += WIDTH) {
            IntVector magnitude = loadInts(scaled, i).lanewise(AND, ScalarKernels.MAGNITUDE);
            IntVector node = child(IntVector.broadcast(INTS, 1), magnitude, tree);
            node = child(node, magnitude, tree);
            if (WIDTH > 4) {
                node = child(node, magnitude, tree);
            }
            if (WIDTH > 8) {
                node = child(node, magnitude, tree);
            }
            store(node, nodes, i);
        }
    }

    private static IntVector child(IntVector node, IntVector magnitude, IntVector tree) {
        return node.add(node).add(node.selectFrom(tree).sub(magnitude).lanewise(LSHR, 31));
    }

    /** One level of {@code count} nodes. */
    private static void searchLevel(MemorySegment scaled, int n, int[] tree, int count, MemorySegment nodes) {
        for (int i = 0; i < n; i += WIDTH) {
            IntVector magnitude = loadInts(scaled, i).lanewise(AND, ScalarKernels.MAGNITUDE);
            IntVector node = loadInts(nodes, i);
            IntVector boundary = node.selectFrom(IntVector.fromArray(INTS, tree, count));
            for (int part = count + WIDTH; part < 2 * count; part += WIDTH) {
                IntVector found = node.selectFrom(IntVector.fromArray(INTS, tree, part));
                boundary = boundary.blend(found, node.compare(GE, part));
            }
            store(node.add(node).add(boundary.sub(magnitude).lanewise(LSHR, 31)), nodes, i);
        }
    }

    /** Leaves are numbered from {@code count}, the value of the sign bit. */
    private static void nodesToIndices(MemorySegment scaled, int n, int count, MemorySegment nodes) {
        for (int i = 0; i < n; i += WIDTH) {
            VectorMask<Integer> positive = load(scaled, i).compare(GE, -Codebook.TIE).cast(INTS);
            store(loadInts(nodes, i).lanewise(SUB, count, positive), nodes, i);
        }
    }

    private static VectorMask<Integer> above(FloatVector magnitude, float boundary) {
        return magnitude.compare(GT, boundary).cast(INTS);
    }

    private static VectorMask<Integer> negative(FloatVector z) {
        return z.compare(LT, -Codebook.TIE).cast(INTS);
    }

    @Override
    public void pack(MemorySegment indices, int n, int bits, MemorySegment payload, long payloadOffset) {
        int lanes = Kernels.packLanes(n);
        if (lanes < WIDTH) {
            scalar.pack(indices, n, bits, payload, payloadOffset);
            return;
        }
        for (int group = 0; group < n; group += 32 * lanes) {
            for (int lane = 0; lane < lanes; lane += WIDTH) {
                packLanes(indices, group + lane, lanes, bits, payload,
                        payloadOffset + (long) group * bits / 8 + 4L * lane);
            }
        }
    }

    /** Packs the 32 vectors at from, from + lanes, ... into the {@code bits} rows at {@code at}, at + 4 lanes, ... */
    private static void packLanes(
            MemorySegment indices, int from, int lanes, int bits, MemorySegment payload, long at) {
        IntVector word = IntVector.zero(INTS);
        int filled = 0;
        for (int i = from; i < from + 32 * lanes; i += lanes) {
            IntVector index = loadInts(indices, i);
            word = word.lanewise(OR, index.lanewise(LSHL, filled));
            filled += bits;
            if (filled >= Integer.SIZE) {
                word.intoMemorySegment(payload, at, WIRE);
                at += 4L * lanes;
                filled -= Integer.SIZE;
                word = index.lanewise(LSHR, bits - filled);
            }
        }
    }

    @Override
    public void unpack(MemorySegment payload, long payloadOffset, int n, Codebook codebook, MemorySegment centroids) {
        int bits = codebook.bits();
        int lanes = Kernels.packLanes(n);
        if (lanes < WIDTH || codebook.floatCentroids().length > WIDTH * LARGEST_TABLE) {
            scalar.unpack(payload, payloadOffset, n, codebook, centroids);
            return;
        }
        for (int group = 0; group < n; group += 32 * lanes) {
            for (int lane = 0; lane < lanes; lane += WIDTH) {
                unpackLanes(payload, payloadOffset + (long) group * bits / 8 + 4L * lane, lanes, bits, centroids,
                        group + lane);
            }
        }
        if (codebook.floatCentroids().length <= WIDTH) {
            lookUp(centroids, n, bits, IntVector.fromArray(INTS, codebook.centroidBits(), 0));
        } else {
            lookUp(centroids, n, bits, codebook.centroidBits());
        }
    }

    /** The inverse of {@link #packLanes}; bits above an index stay as they fall. */
    private static void unpackLanes(MemorySegment payload, long at, int lanes, int bits, MemorySegment indices,
            int to) {
        IntVector word = IntVector.fromMemorySegment(INTS, payload, at, WIRE);
        int used = 0;
        for (int i = to; i < to + 32 * lanes; i += lanes) {
            if (used + bits <= Integer.SIZE) {
                store(word.lanewise(LSHR, used), indices, i);
                used += bits;
            } else {
                at += 4L * lanes;
                IntVector next = IntVector.fromMemorySegment(INTS, payload, at, WIRE);
                IntVector low = used == Integer.SIZE ? next : word.lanewise(LSHR, used);
                IntVector high = used == Integer.SIZE ? next : next.lanewise(LSHL, Integer.SIZE - used);
                store(low.lanewise(OR, high), indices, i);
                word = next;
                used += bits - Integer.SIZE;
            }
        }
    }

    /** Indices become centroids, in place, by a table that fits one register. */
    private static void lookUp(MemorySegment centroids, int n, int bits, IntVector table) {
        int mask = (1 << bits - 1) - 1;
        int toSign = Integer.SIZE - bits;
        for (int i = 0; i < n; i += WIDTH) {
            IntVector index = loadInts(centroids, i);
            IntVector magnitude = index.lanewise(AND, mask).selectFrom(table);
            store(magnitude.lanewise(OR, index.lanewise(LSHL, toSign).lanewise(AND, ScalarKernels.SIGN)), centroids, i);
        }
    }

    /** The same by a table of several registers. */
    private static void lookUp(MemorySegment centroids, int n, int bits, int[] table) {
        int mask = (1 << bits - 1) - 1;
        int toSign = Integer.SIZE - bits;
        for (int i = 0; i < n; i += WIDTH) {
            IntVector index = loadInts(centroids, i);
            IntVector wanted = index.lanewise(AND, mask);
            IntVector magnitude = wanted.selectFrom(IntVector.fromArray(INTS, table, 0));
            for (int part = WIDTH; part <= mask; part += WIDTH) {
                IntVector found = wanted.selectFrom(IntVector.fromArray(INTS, table, part));
                magnitude = magnitude.blend(found, wanted.compare(GE, part));
            }
            store(magnitude.lanewise(OR, index.lanewise(LSHL, toSign).lanewise(AND, ScalarKernels.SIGN)), centroids, i);
        }
    }
}
