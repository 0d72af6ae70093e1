package org.eden4j.transport.wire;

import org.eden4j.transport.sbe.JoinDecoder;

/**
 * What a join says.
 *
 * @param token of the worker's process
 * @param index the worker number asked for, -1 for any
 * @param kind of the state that the worker has; null if there is no such kind
 * @param epoch under which that state came about
 * @param round before which it stands
 * @param layoutHash of the worker's layout
 * @param layoutBytes of that layout's text
 * @param agreement what the worker's program has to agree on with others, empty if nothing
 */
public record JoinRequest(long token, int protocol, int dimension, int mtu, int index, long identity, StateKind kind,
        int epoch,
        long round, long layoutHash, long layoutBytes, int shard, int shards, String method, String agreement) {
    public static JoinRequest of(JoinDecoder join, String method, String agreement) {
        return new JoinRequest(join.token(), join.protocol(), join.dimension(), join.mtu(), join.index(),
                join.identity(), StateKind.of(join.kind()), (int) join.epoch(), join.round(), join.layoutHash(),
                join.layoutBytes(), join.shard(), join.shards(), method, agreement);
    }

    /** The state that the worker has. */
    public StateLabel held() {
        return kind == null ? StateLabel.BLANK : new StateLabel(kind, epoch, round);
    }
}
