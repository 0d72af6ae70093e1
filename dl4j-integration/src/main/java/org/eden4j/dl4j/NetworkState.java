package org.eden4j.dl4j;

import java.io.Serializable;
import java.lang.foreign.MemorySegment;
import org.deeplearning4j.nn.api.Model;

/**
 * The state on which the next step of a network depends, apart from the data, as a serializable value: parameters and
 * updater state as float32, iteration and epoch. Takes as much heap as both arrays, at most 2 GiB.
 *
 * @param bytes the saved state, for networks of the same configuration; not copied
 */
public record NetworkState(byte[] bytes) implements Serializable {
    /**
     * Saves the state of a network.
     *
     * @throws IllegalArgumentException if the network's parameters cannot be exchanged, with the reason, or the state
     *         exceeds 2 GiB
     */
    public static NetworkState of(Model network) {
        NetworkReplica replica = NetworkReplica.whole(NetworkCheck.parameters(network));
        if (replica.stateBytes() > Integer.MAX_VALUE - Long.BYTES) {
            throw new IllegalArgumentException(
                    "the network's state has " + replica.stateBytes()
                            + " bytes, at most 2 GiB can be kept in one value");
        }
        byte[] bytes = new byte[(int) replica.stateBytes()];
        replica.save(MemorySegment.ofArray(bytes));
        return new NetworkState(bytes);
    }

    /**
     * Restores this state into a network.
     *
     * @throws IllegalArgumentException if the network's state has another size
     */
    public void copyTo(Model network) {
        NetworkReplica replica = NetworkReplica.whole(NetworkCheck.parameters(network));
        if (replica.stateBytes() != bytes.length) {
            throw new IllegalArgumentException("a state of " + bytes.length
                    + " bytes is not of this network, whose state has " + replica.stateBytes());
        }
        replica.restore(MemorySegment.ofArray(bytes));
    }
}
