package org.eden4j.spark;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.nd4j.linalg.dataset.DataSet;

/** Puts the examples of a partition together, in their order, to batches of one size. */
final class Batches {
    private final int size;
    private final List<DataSet> batches = new ArrayList<>();
    private List<DataSet> open = new ArrayList<>();
    private int examples;

    private Batches(int size) {
        this.size = size;
    }

    /**
     * The batches of a partition; the last one has what is left. They are kept in memory, since every epoch goes through them.
     *
     * @param size examples in a batch, 0 to take the elements as they are
     */
    static List<DataSet> of(Iterator<DataSet> elements, int size) {
        Batches batches = new Batches(size);
        while (elements.hasNext()) {
            DataSet element = elements.next();
            if (size == 0) {
                batches.batches.add(element);
            } else {
                batches.add(element);
            }
        }
        batches.end();
        return batches.batches;
    }

    private void add(DataSet element) {
        int count = element.numExamples();
        int from = 0;
        while (from < count) {
            int taken = Math.min(count - from, size - examples);
            open.add(taken == count ? element : (DataSet) element.getRange(from, from + taken));
            examples += taken;
            from += taken;
            if (examples == size) {
                end();
            }
        }
    }

    private void end() {
        if (!open.isEmpty()) {
            batches.add(open.size() == 1 ? open.getFirst() : DataSet.merge(open));
            open = new ArrayList<>();
            examples = 0;
        }
    }
}
