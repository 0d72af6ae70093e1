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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MethodTest {
    /** Frames carry these numbers: they never change, and a new method gets a new one. */
    private static final Map<Class<? extends Method>, Integer> WIRE_IDS = Map.of(None.class, 0, Float16.class, 1,
            Eden.class, 2, Drive.class, 3, TurboQuantMse.class, 4, MatchedNorm.class, 5);

    /** Every method with every value of every parameter. */
    static List<Method> methods() {
        List<Method> methods = new ArrayList<>(List.of(new None(), new Float16()));
        for (Rounds rounds : Rounds.values()) {
            for (ScaleRule scale : ScaleRule.values()) {
                methods.add(new Drive(scale, rounds));
                for (int bits = 1; bits <= 8; bits++) {
                    methods.add(new Eden(bits, scale, rounds));
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
            "float16|float16", "none|none"})
    void shouldWriteTheCanonicalText(String text, String canonical) {
        assertEquals(canonical, Method.parse(text).toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "quic|'quic' is none of eden, drive, turboquant-mse, matched-norm, float16, none", "''|'' is none of eden",
            "EDEN:bits=4|'EDEN' is none of", "eden|bits is missing, write eden:bits=4",
            "eden:bits=0|bits must be from 1 to 8, got 0", "eden:bits=9|bits must be from 1 to 8, got 9",
            "eden:bits=-1|bits must be from 1 to 8, got -1", "eden:bits=four|bits=four is not a whole number",
            "eden:bits=|bits= is not a whole number", "eden:bits=99999999999|is not a whole number",
            "eden:bits=4,scale=best|scale=best is none of unbiased, biased, matched, unit",
            "eden:bits=4,rounds=0|rounds=0 is none of 1, 2, 3", "eden:bits=4,rounds=4|rounds=4 is none of 1, 2, 3",
            "eden:bits=4,bits=4|'bits' is given twice", "eden:bits=4,qjl=gaussian|eden has no parameter qjl",
            "drive:bits=1|drive has no parameter bits", "none:bits=32|none has no parameter bits",
            "turboquant-mse:bits=4,scale=unbiased|turboquant-mse has no parameter scale",
            "eden:|'' is not key=value", "eden:bits|'bits' is not key=value", "eden:=4|'=4' is not key=value",
            "eden:bits=4,|'' is not key=value", "eden:bits=4,,rounds=1|'' is not key=value",
            "eden:bits=4:rounds=1|is not a whole number"})
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

    @ParameterizedTest
    @MethodSource("methods")
    void shouldKeepItsWireId(Method method) {
        assertEquals(WIRE_IDS.get(method.getClass()), method.wireId());
    }

    @Test
    void shouldHaveOneWireIdForEachMethod() {
        Class<?>[] permitted = Method.class.getPermittedSubclasses();
        assertEquals(Set.of(permitted), WIRE_IDS.keySet());
        assertEquals(permitted.length, new HashSet<>(WIRE_IDS.values()).size());
        assertTrue(WIRE_IDS.values().stream().allMatch(id -> id >= 0 && id <= 255));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void shouldHaveACodecThatSpendsItsBits(Method method) {
        BlockCodec codec = BlockCodec.of(method);
        assertNotNull(codec);
        double bits = 8.0 * codec.payloadBytes(1 << 20) / (1 << 20);
        assertEquals(method.bitsPerCoordinate(), bits, method.rotated() ? 1e-4 : 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 127})
    void shouldSendShortGradientsRaw(int dimension) {
        for (Method method : methods()) {
            assertEquals(method.rotated() ? new None() : method, method.forDimension(dimension));
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
        assertEquals(3, Rounds.DEFAULT.forBlock(128));
        assertEquals(3, Rounds.DEFAULT.forBlock(512));
        assertEquals(2, Rounds.DEFAULT.forBlock(1024));
        assertEquals(1, Rounds.ONE.forBlock(128));
        assertEquals(2, Rounds.TWO.forBlock(128));
        assertEquals(3, Rounds.THREE.forBlock(1 << 24));
    }
}
