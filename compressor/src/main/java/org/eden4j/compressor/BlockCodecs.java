package org.eden4j.compressor;

import java.util.function.Function;

/**
 * One thread's codecs for the blocks of a vector, one for each method.
 *
 * <p>Not thread-safe, as the codecs are not.
 */
public final class BlockCodecs {
    private final UpdateBlocks blocks;
    private final BlockCodec[] byMethod;

    /** @param codec makes the codec of a method, such as {@link Method#codec} or {@link ErrorFeedback#encoder} */
    public BlockCodecs(UpdateBlocks blocks, Function<Method, BlockCodec> codec) {
        this.blocks = blocks;
        byMethod = blocks.methods().stream().map(codec).toArray(BlockCodec[]::new);
    }

    /** The codecs of the blocks' methods. */
    public static BlockCodecs of(UpdateBlocks blocks) {
        return new BlockCodecs(blocks, Method::codec);
    }

    /** The codec of a block. */
    public BlockCodec of(int block) {
        return byMethod[blocks.methodIndex(block)];
    }
}
