package org.eden4j.compressor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.eden4j.compressor.UpdateLayout.Kind;
import org.eden4j.compressor.UpdateLayout.Part;
import org.junit.jupiter.api.Test;

class UpdateLayoutTest {
    private static final String TEXT = """
            4096 eden:bits=4 0_W
            16 none 0_b
            300 absent frozen layer_W
            2 none 3_var
            """;
    private static final UpdateLayout LAYOUT = UpdateLayout.parse(TEXT);

    @Test
    void shouldReadWhatItWrites() {
        assertEquals(TEXT, LAYOUT.text());
        assertEquals(LAYOUT, UpdateLayout.of(LAYOUT.parts()));
        assertEquals(List.of(new Part("0_W", 0, 4096, Optional.of(Method.parse("eden:bits=4"))),
                new Part("0_b", 4096, 16, Optional.of(Method.parse("none"))),
                new Part("frozen layer_W", 4112, 300, Optional.empty()),
                new Part("3_var", 4412, 2, Optional.of(Method.parse("none")))), LAYOUT.parts());
        assertEquals(List.of(Kind.COMPRESSED, Kind.RAW, Kind.ABSENT, Kind.RAW),
                LAYOUT.parts().stream().map(Part::kind).toList());
        assertEquals(4414, LAYOUT.dimension());
        assertEquals(18, LAYOUT.coordinates(Kind.RAW));
        assertEquals("UpdateLayout[4 parts, 4414 coordinates, 18 raw, 300 absent]", LAYOUT.toString());
        assertEquals("7 drive all\n", UpdateLayout.whole(7, Method.parse("drive")).text());
    }

    @Test
    void shouldReadRandomLayoutsOfEveryMethod() {
        long seed = 20261128;
        Random random = new Random(seed);
        List<Method> methods = Methods.examples();
        for (int trial = 0; trial < 200; trial++) {
            List<Part> parts = new ArrayList<>();
            int first = 0;
            int count = 1 + random.nextInt(12);
            for (int i = 0; i < count; i++) {
                int length = 1 + random.nextInt(1 << random.nextInt(20));
                Optional<Method> method = i > 0 && random.nextInt(4) == 0 ? Optional.empty()
                        : Optional.of(methods.get(random.nextInt(methods.size())));
                parts.add(new Part("Ebene \u00e4 " + i + " absent=none;\u4e2d\ud83d\ude00", first, length, method));
                first += length;
            }
            UpdateLayout layout = UpdateLayout.of(parts);
            UpdateLayout read = UpdateLayout.parse(layout.text());
            assertEquals(layout, read, "seed " + seed + ", trial " + trial);
            assertEquals(parts, read.parts());
            assertEquals(layout.hash(), read.hash());
            assertEquals(layout.hashCode(), read.hashCode());
            assertEquals(Optional.empty(), layout.difference(read));
            for (Part part : parts) {
                assertEquals(part, layout.partAt(part.first()));
                assertEquals(part, layout.partAt(part.end() - 1));
            }
        }
    }

    /** The hash is compared by members of a job, which may have other versions, so it never changes. */
    @Test
    void shouldHashAsPublished() {
        assertEquals(0x89124729DE5ADF49L, LAYOUT.hash());
        long state = mix(TEXT.length() + 0x9E3779B97F4A7C15L);
        for (int i = 0; i < TEXT.length(); i += 8) {
            long word = 0;
            for (int j = 0; j < 8 && i + j < TEXT.length(); j++) {
                word |= (long) TEXT.charAt(i + j) << 8 * j;
            }
            state = mix((state ^ word) + 0x9E3779B97F4A7C15L);
        }
        assertEquals(state, LAYOUT.hash());
    }

    @Test
    void shouldDifferInEachTerm() {
        List<String> others = List.of(TEXT.replace("4096", "4095"), TEXT.replace("bits=4", "bits=3"),
                TEXT.replace("16 none", "16 absent"), TEXT.replace("300 absent", "300 none"),
                TEXT.replace("0_b", "0_c"),
                TEXT + "1 none 4_b\n", TEXT.substring(0, TEXT.indexOf("2 none")),
                TEXT.replace("16 none", "16 float16"));
        Set<Long> hashes = new HashSet<>(List.of(LAYOUT.hash()));
        for (String other : others) {
            UpdateLayout layout = UpdateLayout.parse(other);
            assertNotEquals(LAYOUT, layout);
            assertTrue(hashes.add(layout.hash()), other);
            assertTrue(LAYOUT.difference(layout).isPresent());
        }
    }

    @Test
    void shouldNameTheFirstPartThatDiffers() {
        assertEquals(
                "part 2 is '0_b', coordinates 4096 to 4111, none, and '0_b', coordinates 4096 to 4111, absent in the"
                        + " other layout",
                LAYOUT.difference(UpdateLayout.parse(TEXT.replace("16 none", "16 absent").replace("3_var", "x")))
                    .orElseThrow());
        UpdateLayout shorter = UpdateLayout.parse(TEXT.substring(0, TEXT.indexOf("2 none")));
        assertEquals(
                "the other layout ends after part 3, and '3_var', coordinates 4412 to 4413, none follows in this one",
                LAYOUT.difference(shorter).orElseThrow());
        assertEquals("this layout ends after part 3, and '3_var', coordinates 4412 to 4413, none follows in the other",
                shorter.difference(LAYOUT).orElseThrow());
    }

    @Test
    void shouldRefuseWhatIsNoLayout() {
        assertRefused("line 2 of an update layout, '16 none': expected 'length method name'", "8 none a\n16 none\n");
        assertRefused("line 1 of an update layout, '': expected 'length method name'", "");
        assertRefused("line 1 of an update layout, '0 none a': part 'a' has 0 coordinates, at least 1", "0 none a\n");
        assertRefused(
                "line 2 of an update layout, '2147483647 none b': part 'b' of 2147483647 coordinates begins at 1, a"
                        + " vector has at most 2147483647",
                "1 none a\n2147483647 none b\n");
        assertRefused("two parts have the name 'a'", "1 none a\n1 none a\n");
        assertRefused("all 3 coordinates are absent, at least one part must be sent", "1 absent a\n2 absent b\n");
        for (String text : List.of("x none a\n", "1 nine a\n", "1 eden:bits=99 a\n", "99999999999 none a\n",
                "1 none  a\n", "1 none \n", "1 none a\r\n")) {
            assertTrue(assertThrows(IllegalArgumentException.class, () -> UpdateLayout.parse(text)).getMessage()
                .startsWith("line 1 of an update layout"), text);
        }
        Optional<Method> none = Optional.of(Method.parse("none"));
        assertEquals("part 'b' begins at 5, expected 4: parts follow one another without gaps, from 0",
                assertThrows(IllegalArgumentException.class,
                        () -> UpdateLayout.of(List.of(new Part("a", 0, 4, none), new Part("b", 5, 4, none))))
                    .getMessage());
        assertEquals("a layout needs at least one part",
                assertThrows(IllegalArgumentException.class, () -> UpdateLayout.of(List.of())).getMessage());
        assertThrows(IndexOutOfBoundsException.class, () -> LAYOUT.partAt(4414));
    }

    private static void assertRefused(String message, String text) {
        assertEquals(message,
                assertThrows(IllegalArgumentException.class, () -> UpdateLayout.parse(text)).getMessage());
    }

    private static long mix(long state) {
        long z = (state ^ state >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    @Test
    void shouldSendTheMeanOfTheUplinksPartsByTheDownlinksMethod() {
        Method uplink = Method.parse("eden:bits=4");
        Method downlink = Method.parse("eden:bits=8");
        assertEquals("""
                4096 eden:bits=8 0_W
                16 none 0_b
                300 absent frozen layer_W
                2 none 3_var
                """, LAYOUT.downlink(uplink, downlink).text());
        assertEquals("9 drive a\n8 float16 b\n",
                UpdateLayout.parse("9 eden:bits=4 a\n8 float16 b\n").downlink(uplink, Method.parse("drive")).text());
        Method none = Method.parse("none");
        assertEquals(LAYOUT, LAYOUT.downlink(none, downlink));
        assertEquals(UpdateLayout.whole(7, downlink), UpdateLayout.whole(7, none).downlink(none, downlink));
    }
}
