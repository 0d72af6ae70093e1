package org.eden4j.transport.wire;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** The wire format of sets of worker numbers: bit {@code w % 8} of byte {@code w / 8}. */
public final class WorkerSet {
    private WorkerSet() {}

    public static List<Integer> list(BitSet workers) {
        List<Integer> list = new ArrayList<>(workers.cardinality());
        workers.stream().forEach(list::add);
        return list;
    }

    /** Returns the members that are not in {@code contributors}. */
    public static BitSet without(BitSet members, BitSet contributors) {
        BitSet rest = (BitSet) members.clone();
        rest.andNot(contributors);
        return rest;
    }

    /** Returns "worker 2" or "workers 2, 3". */
    public static String name(BitSet workers) {
        String numbers = workers.toString();
        return (workers.cardinality() == 1 ? "worker " : "workers ") + numbers.substring(1, numbers.length() - 1);
    }
}
