package org.eden4j.compressor;

/**
 * Scaled signSGD (Bernstein et al., ICML 2018; with the scale Karimireddy et al., ICML 2019): sign(x_i) |x|_1 / d. Biased;
 * converges with {@link ErrorFeedback}.
 */
public record SignSgd() implements Method {
    @Override
    public int wireId() {
        return 10;
    }

    @Override
    public double bitsPerCoordinate() {
        return 1;
    }

    @Override
    public boolean isUnbiased() {
        return false;
    }

    @Override
    public String toString() {
        return "signsgd";
    }
}
