package org.eden4j.simulator.advise;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eden4j.compressor.Method;
import org.eden4j.transport.wire.FrameLayout;

/** The codings of EDEN with the errors of plain EDEN, and the pair of them with the shortest round. */
final class CodingAdvice {
    private static final Pattern PLAIN = Pattern.compile("eden:bits=([0-9.]+)");
    /** Rates of entropy coding are tried in steps of this many bits, from the lowest to the highest. */
    private static final double STEP = .01;
    private static final double LOWEST = .1;
    private static final double HIGHEST = 8;

    /** Plain EDEN both ways first. */
    private final List<Pair> pairs;

    private record Coded(String text, Method method, CodecSpeed speed) {}

    private record Pair(String up, String down, RoundCost cost) {}

    /**
     * The pair with the shortest round.
     *
     * @param seconds of its round
     * @param plain seconds of a round of plain EDEN both ways
     */
    record Choice(String up, String down, double seconds, double plain) {}

    private CodingAdvice(List<Pair> pairs) {
        this.pairs = pairs;
    }

    /**
     * Measures the codecs of all codings.
     *
     * @param up plain EDEN, such as {@code eden:bits=4}: the codings of updates have at most its error
     * @param down the same of means
     * @throws IllegalArgumentException if one of them is not plain EDEN
     */
    static CodingAdvice measure(String up, String down, int parameters) {
        List<Coded> updates = coded(up, parameters);
        List<Coded> means = down.equals(up) ? updates : coded(down, parameters);
        List<Pair> pairs = new ArrayList<>();
        for (Coded update : updates) {
            for (Coded mean : means) {
                pairs.add(new Pair(update.text, mean.text,
                        RoundCost.of(update.method, mean.method, parameters, update.speed, mean.speed)));
            }
        }
        return new CodingAdvice(pairs);
    }

    private static List<Coded> coded(String plain, int parameters) {
        List<Coded> coded = new ArrayList<>();
        for (String text : codings(plain, parameters)) {
            Method method = Method.parse(text);
            coded.add(new Coded(text, method, CodecSpeed.measure(method)));
        }
        return coded;
    }

    /** Returns plain EDEN and the codings with at most its error. */
    static List<String> codings(String plain, int parameters) {
        Matcher matcher = PLAIN.matcher(plain);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("--codings compares with plain EDEN, such as eden:bits=4, got " + plain);
        }
        double most = error(plain, parameters);
        List<String> found = new ArrayList<>(List.of(plain));
        double bits = Double.parseDouble(matcher.group(1));
        if (bits == Math.rint(bits) && bits <= 4) {
            found.add(String.format(Locale.ROOT, "eden:bits=%.0f,coding=trellis", bits));
        }
        for (double rate = LOWEST; rate <= HIGHEST; rate += STEP) {
            String entropy = String.format(Locale.ROOT, "eden:bits=%.2f,coding=entropy", rate);
            if (error(entropy, parameters) <= most) {
                found.add(entropy);
                break;
            }
        }
        return found;
    }

    /** Returns the expected error in blocks of the length that fits a frame between hosts. */
    private static double error(String text, int parameters) {
        Method method = Method.parse(text);
        int length = FrameLayout.of(method, parameters, RoundCost.MTU).blocks().length(0);
        return method.expectedError(length).orElseThrow();
    }

    /** Returns the pair with the shortest round; plain EDEN wins a tie. */
    Choice choose(CostModel model, Topology topology, Rate link) {
        Choice best = null;
        for (Pair pair : pairs) {
            double seconds = model.round(topology, pair.cost, link.bitsPerSecond());
            if (best == null || seconds < best.seconds) {
                best = new Choice(pair.up, pair.down, seconds, best == null ? seconds : best.plain);
            }
        }
        return best;
    }
}
