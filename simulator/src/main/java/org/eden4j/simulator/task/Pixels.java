package org.eden4j.simulator.task;

/** Sums over the pixels of an image, in eight partial sums each, which a processor adds in parallel. */
final class Pixels {
    private static final int LANES = 8;

    private Pixels() {}

    /** Returns the inner product of an image and as many coordinates of a model. */
    static float dot(float[] image, float[] model, int first) {
        float[] sums = new float[LANES];
        int end = image.length - image.length % LANES;
        for (int p = 0; p < end; p += LANES) {
            for (int lane = 0; lane < LANES; lane++) {
                sums[lane] += image[p + lane] * model[first + p + lane];
            }
        }
        float sum = sum(sums);
        for (int p = end; p < image.length; p++) {
            sum += image[p] * model[first + p];
        }
        return sum;
    }

    /** Returns the squared distance of an image from as many coordinates of a model. */
    static float squaredDistance(float[] image, float[] model, int first) {
        float[] sums = new float[LANES];
        int end = image.length - image.length % LANES;
        for (int p = 0; p < end; p += LANES) {
            for (int lane = 0; lane < LANES; lane++) {
                float difference = image[p + lane] - model[first + p + lane];
                sums[lane] += difference * difference;
            }
        }
        float sum = sum(sums);
        for (int p = end; p < image.length; p++) {
            float difference = image[p] - model[first + p];
            sum += difference * difference;
        }
        return sum;
    }

    private static float sum(float[] sums) {
        float sum = 0;
        for (float part : sums) {
            sum += part;
        }
        return sum;
    }
}
