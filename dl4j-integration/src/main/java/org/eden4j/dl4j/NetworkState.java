package org.eden4j.dl4j;

import java.io.Serializable;
import java.lang.foreign.MemorySegment;
import org.deeplearning4j.nn.api.Model;

/**
 * What the next step of a network depends on beside the data, as a value that travels: parameters and updater's state as
 * float32, the numbers of iteration and epoch. Takes the memory of both on the heap, at most 2 GiB.
 *
 * @param bytes what one network has saved, for others of the same configuration; not copied
 */
public record NetworkState(byte[] bytes) implements Serializable {
    /**
     * The state of a network.
     *
     * @throws IllegalArgumentException if its parameters cannot be exchanged, with the reason, or take more than 2 GiB
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
     * Gives a network this state.
     *
     * @throws IllegalArgumentException if the network is of another size
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
