package org.eden4j.transport.job;

/**
 * A part of a job's vector that has an aggregator of its own: a run of blocks, which the layout of the vector, the MTU and
 * the number of shards determine.
 *
 * @param index from 0, in the order of coordinates
 * @param count how many there are, 1..{@value #MOST}
 */
public record Shard(int index, int count) {
    /** The most shards of a job. */
    public static final int MOST = 255;
    /** All of the vector. */
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
     * Reads {@code K/S}.
     *
     * @throws IllegalArgumentException saying what is wrong
     */
    public static Shard parse(String text) {
        int slash = text.indexOf('/');
        try {
            return new Shard(Integer.parseInt(text.substring(0, Math.max(slash, 0))),
                    Integer.parseInt(text.substring(slash + 1)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' is no shard, write 0/4 for the first of four: "
                    + e.getMessage(), e);
        }
    }

    /** Whether it is all of the vector. */
    public boolean isWhole() {
        return count == 1;
    }

    @Override
    public String toString() {
        return index + "/" + count;
    }
}
