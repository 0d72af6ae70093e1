package org.eden4j.transport.wire;

import org.eden4j.transport.sbe.JoinDecoder;

/**
 * The content of a join.
 *
 * @param token the token of the worker's process
 * @param index the requested worker number, -1 for any
 * @param kind the kind of the worker's state; null if unknown
 * @param epoch the epoch in which that state came about
 * @param round the round before which the state applies
 * @param layoutHash the hash of the worker's layout
 * @param layoutBytes the length of the layout's text in bytes
 * @param agreement the text that all members' programs must agree on, empty if there is none
 */
public record JoinRequest(long token, int protocol, int dimension, int mtu, int index, long identity, StateKind kind,
        int epoch,
        long round, long layoutHash, long layoutBytes, int shard, int shards, String method, String agreement) {
    public static JoinRequest of(JoinDecoder join, String method, String agreement) {
        return new JoinRequest(join.token(), join.protocol(), join.dimension(), join.mtu(), join.index(),
                join.identity(), StateKind.of(join.kind()), (int) join.epoch(), join.round(), join.layoutHash(),
                join.layoutBytes(), join.shard(), join.shards(), method, agreement);
    }

    /** Returns the label of the worker's state. */
    public StateLabel held() {
        return kind == null ? StateLabel.BLANK : new StateLabel(kind, epoch, round);
    }
}
