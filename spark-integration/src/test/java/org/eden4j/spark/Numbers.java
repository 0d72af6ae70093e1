package org.eden4j.spark;

import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Data sets that a test can tell apart. */
final class Numbers {
    private Numbers() {}

    static DataSet of(int number) {
        return of(number, 1);
    }

    /** Examples that begin with consecutive numbers. */
    static DataSet of(int first, int examples) {
        float[][] features = new float[examples][2];
        for (int i = 0; i < examples; i++) {
            features[i][0] = first + i;
        }
        return new DataSet(Nd4j.create(features), Nd4j.create(new float[examples][1]));
    }

    static double first(DataSet data) {
        return data.getFeatures().getDouble(0, 0);
    }
}
