package org.eden4j.spark;

import java.util.Iterator;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;

/** Passes elements on, and lets the first attempt of each task fail behind the last one. */
final class FailFirst<T> implements FlatMapFunction<Iterator<T>, T> {
    private static final long serialVersionUID = 1;

    @Override
    public Iterator<T> call(Iterator<T> elements) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                if (elements.hasNext()) {
                    return true;
                }
                if (TaskContext.get().attemptNumber() == 0) {
                    throw new IllegalStateException("the first attempt fails on purpose");
                }
                return false;
            }

            @Override
            public T next() {
                return elements.next();
            }
        };
    }
}
