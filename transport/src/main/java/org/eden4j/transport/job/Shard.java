package org.eden4j.transport.job;

/**
 * A part of a job's vector with its own aggregator: a run of blocks determined by the vector's layout, the MTU and the
 * number of shards.
 *
 * @param index the index from 0, in order of coordinates
 * @param count the number of shards, 1..{@value #MOST}
 */
public record Shard(int index, int count) {
    /** Largest number of shards of a job. */
    public static final int MOST = 255;
    /** The whole vector. */
    public static final Shard WHOLE = new Shard(0, 1);

    public Shard {
        if (count < 1 || count > MOST) {
            throw new IllegalArgumentException("shards must be in 1.." + MOST + ", got " + count);
        }
        if (index < 0 || index >= count) {
            throw new IllegalArgumentException("shard must be in 0.." + (count - 1) + ", got " + index);
        }
    }

    /**
     * Parses {@code K/S}.
     *
     * @throws IllegalArgumentException if the text is not a shard, with the reason
     */
    public static Shard parse(String text) {
        int slash = text.indexOf('/');
        try {
            return new Shard(Integer.parseInt(text.substring(0, Math.max(slash, 0))),
                    Integer.parseInt(text.substring(slash + 1)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' is not a shard, write 0/4 for the first of four: "
                    + e.getMessage(), e);
        }
    }

    /** Returns whether this is the whole vector. */
    public boolean isWhole() {
        return count == 1;
    }

    @Override
    public String toString() {
        return index + "/" + count;
    }
}
