package org.eden4j.compressor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.eden4j.compressor.elementwise.None;
import org.junit.jupiter.api.Test;

class MethodsTest {
    private static final MethodType OWN = type("own", 5);

    private static MethodType type(String name, int wireId) {
        return MethodType.of(name, wireId, _ -> new None(), name);
    }

    private static void assertRefuses(MethodType foreign, String fact) {
        String message = assertThrows(IllegalStateException.class,
                () -> Methods.of(List.of(OWN), List.of(type("other", 200), foreign)))
            .getMessage();
        assertTrue(message.contains(fact), message);
    }

    @Test
    void shouldTakeForeignMethodsFrom128To255() {
        Methods.of(List.of(OWN), List.of(type("first", 128), type("last", 255)));
        assertRefuses(type("early", 127), "has the wire id 127: choose one from 128 to 255");
        assertRefuses(type("late", 256), "has the wire id 256: choose one from 128 to 255");
    }

    @Test
    void shouldRefuseANameOrANumberThatIsTaken() {
        assertRefuses(type("own", 201), "has the name 'own', which is taken");
        assertRefuses(type("another", 200), "has the wire id 200 of 'other'");
    }

    @Test
    void shouldRefuseANameThatNoTextFormCanHave() {
        assertRefuses(type("own:bits", 201), "use lower-case letters, digits and hyphens");
        assertRefuses(type("", 201), "use lower-case letters, digits and hyphens");
    }

    @Test
    void shouldRefuseATypeWithoutExamples() {
        assertRefuses(MethodType.of("silent", 201, _ -> new None()), "has no example");
    }

    @Test
    void shouldMakeAMethodOfEveryExample() {
        for (MethodType type : Methods.types()) {
            for (String example : type.examples()) {
                Method method = Method.parse(example);
                assertEquals(type, method.type(), example);
                assertEquals(example, method.toString());
            }
        }
    }
}
