package org.eden4j.compressor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.eden4j.compressor.eden.Drive;
import org.eden4j.compressor.eden.Eden;
import org.eden4j.compressor.eden.HadamardRounds;
import org.eden4j.compressor.eden.MatchedNorm;
import org.eden4j.compressor.eden.RotationKind;
import org.eden4j.compressor.eden.ScaleRule;
import org.eden4j.compressor.eden.TurboQuantMse;
import org.eden4j.compressor.eden.TurboQuantProd;
import org.eden4j.compressor.elementwise.BFloat16;
import org.eden4j.compressor.elementwise.Float16;
import org.eden4j.compressor.elementwise.None;
import org.eden4j.compressor.sparse.RandK;
import org.eden4j.compressor.sparse.SignSgd;
import org.eden4j.compressor.sparse.TernGrad;
import org.eden4j.compressor.sparse.Threshold;
import org.eden4j.compressor.sparse.TopK;
import org.eden4j.compressor.stochastic.Kashin;
import org.eden4j.compressor.stochastic.Qsgd;
import org.eden4j.compressor.stochastic.QuicFl;
import org.eden4j.compressor.stochastic.StochasticQuantization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MethodTest {
    /** Wire ids of the methods; they never change, and a new method gets a new one. */
    private static final Map<String, Integer> WIRE_IDS = Map.ofEntries(Map.entry("none", 0), Map.entry("float16", 1),
            Map.entry("eden", 2), Map.entry("drive", 3), Map.entry("turboquant-mse", 4), Map.entry("matched-norm", 5),
            Map.entry("bfloat16", 6), Map.entry("sq", 7), Map.entry("qsgd", 8), Map.entry("terngrad", 9),
            Map.entry("signsgd", 10), Map.entry("topk", 11), Map.entry("randk", 12), Map.entry("kashin", 13),
            Map.entry("quicfl", 14), Map.entry("threshold", 15), Map.entry("turboquant-prod", 16));

    /** Returns every method with every value of every parameter. */
    static List<Method> methods() {
        List<Method> methods = new ArrayList<>(List.of(new None(), new Float16(), new BFloat16(), new SignSgd(),
                new TernGrad(0), new TernGrad(2.5), new TopK(.01), new TopK(1), new RandK(.1), new Threshold(1),
                new Threshold(.5), new Eden(2.5, ScaleRule.UNBIASED, HadamardRounds.DEFAULT), Eden.unbiased(.1),
                Eden.unbiased(7.75), new Kashin(3, 5)));
        for (int bits = 1; bits <= 8; bits++) {
            methods.addAll(List.of(new QuicFl(bits), new Kashin(bits, Kashin.DEFAULT_ITERATIONS),
                    new StochasticQuantization(bits, false), new StochasticQuantization(bits, true)));
            for (TurboQuantProd.Qjl qjl : TurboQuantProd.Qjl.values()) {
                for (RotationKind rotation : RotationKind.values()) {
                    methods.add(new TurboQuantProd(bits, qjl, HadamardRounds.DEFAULT, rotation));
                }
            }
        }
        for (int bits = 2; bits <= 8; bits++) {
            for (Qsgd.Norm norm : Qsgd.Norm.values()) {
                methods.addAll(List.of(new Qsgd(bits, norm, false), new Qsgd(bits, norm, true)));
            }
        }
        for (HadamardRounds rounds : HadamardRounds.values()) {
            for (ScaleRule scale : ScaleRule.values()) {
                methods.add(new Drive(scale, rounds));
                for (int bits = 1; bits <= 8; bits++) {
                    methods.add(new Eden(bits, scale, rounds));
                    methods.add(new Eden(bits, scale, rounds, RotationKind.HAAR));
                }
            }
            for (int bits = 1; bits <= 8; bits++) {
                methods.add(new TurboQuantMse(bits, rounds));
                methods.add(new MatchedNorm(bits, rounds));
            }
        }
        return methods;
    }

    @ParameterizedTest
    @MethodSource("methods")
    void shouldReadItsOwnText(Method method) {
        assertEquals(method, Method.parse(method.toString()));
    }

    @Test
    void shouldWriteDifferentTextsForDifferentMethods() {
        Set<String> texts = new HashSet<>();
        methods().forEach(method -> assertTrue(texts.add(method.toString()), () -> method + " is written twice"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "eden:bits=4|eden:bits=4", "eden:bits=4,scale=unbiased|eden:bits=4",
            "eden:rounds=2,scale=biased,bits=4|eden:bits=4,scale=biased,rounds=2",
            " eden : bits = 3 , rounds = 1 |eden:bits=3,rounds=1",
            "eden:bits=1,scale=MATCHED|eden:bits=1,scale=matched",
            "drive|drive", "drive:scale=unbiased|drive", "drive:rounds=3|drive:rounds=3",
            "turboquant-mse:bits=2|turboquant-mse:bits=2", "matched-norm:rounds=1,bits=8|matched-norm:bits=8,rounds=1",
            "eden:bits=2.50|eden:bits=2.5", "eden:bits=4.0|eden:bits=4",
            "eden:bits=1,rounds=auto|eden:bits=1,rounds=auto",
            "eden:bits=1,rotation=haar|eden:bits=1,rotation=haar", "sq:bits=4,rotate=false|sq:bits=4",
            "sq:rotate=true,bits=4|sq:bits=4,rotate=true", "qsgd:bits=4,norm=linf|qsgd:bits=4,norm=linf",
            "terngrad:clip=0|terngrad", "terngrad:clip=2.5|terngrad:clip=2.5", "topk:fraction=.01|topk:fraction=0.01",
            "kashin:bits=2,iterations=3|kashin:bits=2", "threshold:sigma=1|threshold", "quicfl:bits=3|quicfl:bits=3",
            "turboquant-prod:bits=2,qjl=gaussian|turboquant-prod:bits=2",
            "turboquant-prod:qjl=orthogonal,bits=2|turboquant-prod:bits=2,qjl=orthogonal", "signsgd|signsgd",
            "float16|float16", "bfloat16|bfloat16", "none|none"})
    void shouldWriteTheCanonicalText(String text, String canonical) {
        assertEquals(canonical, Method.parse(text).toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "quic|'quic' is not one of eden, drive, turboquant-mse, matched-norm, turboquant-prod, sq, qsgd, terngrad",
            "''|'' is not one of eden", "EDEN:bits=4|'EDEN' is not one of", "eden|bits is missing, write eden:bits=...",
            "eden:bits=0|bits must be above 0 and at most 8, got 0", "eden:bits=9|at most 8, got 9",
            "eden:bits=8.5|at most 8, got 8.5", "eden:bits=-1|bits must be above 0 and at most 8, got -1",
            "eden:bits=NaN|got NaN", "eden:bits=four|bits=four is not a number", "eden:bits=|bits= is not a number",
            "eden:bits=99999999999|at most 8, got", "sq:bits=2.5|bits=2.5 is not a whole number",
            "quicfl:bits=0|bits must be from 1 to 8, got 0", "qsgd:bits=1|bits must be from 2",
            "topk:fraction=0|fraction must be above 0 and at most 1, got 0", "topk|fraction is missing",
            "randk:fraction=1.5|fraction must be above 0 and at most 1, got 1.5",
            "terngrad:clip=-1|clip must be 0 (none) or a positive number, got -1",
            "threshold:sigma=0|sigma must be a positive number, got 0",
            "kashin:bits=2,iterations=0|from 1 to 20, got 0",
            "sq:bits=2,rotate=maybe|rotate=maybe is not one of true, false",
            "qsgd:bits=4,norm=l7|norm=l7 is not one of l2, linf",
            "eden:bits=4,scale=best|scale=best is not one of unbiased, biased, matched, unit",
            "eden:bits=4,rotation=none|rotation=none is not one of hadamard, haar",
            "eden:bits=4,rounds=0|rounds=0 is not one of 1, 2, 3, auto",
            "eden:bits=4,rounds=4|rounds=4 is not one of 1, 2, 3",
            "eden:bits=4,bits=4|'bits' is given twice", "eden:bits=4,qjl=gaussian|eden has no parameter qjl",
            "drive:bits=1|drive has no parameter bits", "none:bits=32|none has no parameter bits",
            "turboquant-mse:bits=4,scale=unbiased|turboquant-mse has no parameter scale",
            "eden:|'' is not key=value", "eden:bits|'bits' is not key=value", "eden:=4|'=4' is not key=value",
            "eden:bits=4,|'' is not key=value", "eden:bits=4,,rounds=1|'' is not key=value",
            "eden:bits=4:rounds=1|is not a number"})
    void shouldSayWhatIsWrongWithAText(String text, String fact) {
        String message = assertThrows(IllegalArgumentException.class, () -> Method.parse(text)).getMessage();
        assertTrue(message.startsWith("method '" + text + "': "), message);
        assertTrue(message.contains(fact), message);
    }

    @Test
    void shouldRefuseLongTextsUnread() {
        String text = "eden:" + "x".repeat(1_000_000);
        String message = assertThrows(IllegalArgumentException.class, () -> Method.parse(text)).getMessage();
        assertTrue(message.length() < 200 && message.contains("1000005"), message);
    }

    @Test
    void shouldKeepEveryWireId() {
        assertEquals(WIRE_IDS,
                Methods.types().stream().collect(Collectors.toMap(MethodType::name, MethodType::wireId)));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void shouldBeOfATypeThatIsRegistered(Method method) {
        assertTrue(Methods.types().contains(method.type()));
        assertEquals(method.type().wireId(), method.wireId());
        assertEquals(method.type().name(), method.toString().replaceAll(":.*", ""));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void shouldHaveACodecThatSpendsItsBits(Method method) {
        BlockCodec codec = BlockCodec.of(method);
        assertNotNull(codec);
        if (!method.hasFixedLength()) {
            int block = method.bitsPerCoordinate() <= .5 ? 1 << 14 : BlockLayout.DEFAULT_BLOCK;
            assertEquals(method.bitsPerCoordinate(), 8 * method.expectedPayloadBytes(block) / block, 1e-9);
            assertTrue(method.maxPayloadBytes(block) < 1.2 * method.expectedPayloadBytes(block) + 32);
            return;
        }
        int length = method instanceof TurboQuantProd ? method.largestBlock()
                : method.toString().contains("haar") || method instanceof TopK ? BlockLayout.DEFAULT_BLOCK : 1 << 20;
        double bits = 8.0 * codec.payloadBytes(length) / length;
        double headers = method.blocked() ? 64.0 / length + .5 * method.bitsPerCoordinate() / length : 0;
        double exact = method instanceof QuicFl ? (Float.SIZE + 20.0) / QuicFl.OUTLIERS : 0;
        double rounding = method instanceof TopK ? 44.0 / length : 8.0 / length;
        assertEquals(method.bitsPerCoordinate() + exact / 2, bits, exact / 2 + headers + rounding);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 127})
    void shouldSendShortGradientsRaw(int dimension) {
        for (Method method : methods()) {
            assertEquals(method.blocked() ? new None() : method, method.forDimension(dimension));
            assertEquals(method, method.forDimension(128));
        }
    }

    @Test
    void shouldKnowItsErrorWhereThereIsAClosedForm() {
        assertEquals(Math.PI / 2 - 1, Drive.unbiased().vnmse().orElseThrow(), 1e-12);
        assertEquals(1 - 2 / Math.PI, Method.parse("drive:scale=biased").vnmse().orElseThrow(), 1e-12);
        assertEquals(1 - 2 / Math.PI, Method.parse("turboquant-mse:bits=1").vnmse().orElseThrow(), 1e-12);
        assertEquals(0, new None().vnmse().orElseThrow());
        assertFalse(new Float16().vnmse().isPresent());
    }

    @Test
    void shouldUseThreeRoundsUpTo512CoordinatesAndTwoAbove() {
        assertEquals(3, HadamardRounds.DEFAULT.forBlock(128));
        assertEquals(3, HadamardRounds.DEFAULT.forBlock(512));
        assertEquals(2, HadamardRounds.DEFAULT.forBlock(1024));
        assertEquals(1, HadamardRounds.ONE.forBlock(128));
        assertEquals(2, HadamardRounds.TWO.forBlock(128));
        assertEquals(3, HadamardRounds.THREE.forBlock(1 << 24));
        assertEquals(3, HadamardRounds.AUTO.forBlock(512));
        assertEquals(2, HadamardRounds.AUTO.forBlock(1024));
    }
}
