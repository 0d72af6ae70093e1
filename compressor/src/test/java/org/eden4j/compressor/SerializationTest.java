package org.eden4j.compressor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import org.eden4j.compressor.container.CompressedGradient;
import org.eden4j.compressor.container.CompressedGradientHeader;
import org.junit.jupiter.api.Test;

/** Java serialization, by which other systems move objects. */
class SerializationTest {
    private static byte[] write(Object object) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        return bytes.toByteArray();
    }

    private static Object read(byte[] bytes) throws IOException, ClassNotFoundException {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            return in.readObject();
        }
    }

    @Test
    void shouldMoveEveryMethod() throws Exception {
        for (MethodType type : Methods.types()) {
            for (String example : type.examples()) {
                Method method = Method.parse(example);
                assertEquals(method, read(write(method)), example);
            }
        }
    }

    @Test
    void shouldMoveSchedules() throws Exception {
        Method schedule = Method.parse("none;eden:bits=4@20");
        assertEquals(schedule, read(write(schedule)));
    }

    @Test
    void shouldMoveLayouts() throws Exception {
        UpdateLayout layout = UpdateLayout.parse("4096 eden:bits=4 0_W\n16 none 0_b\n300 absent frozen layer_W\n");
        assertEquals(layout, read(write(layout)));
    }

    @Test
    void shouldMoveContainersAsTheBytesThatTheyAre() throws Exception {
        float[] gradient = MethodSamples.gradient(1, 10_000);
        CompressedGradient container = CompressedGradient
            .encode(CompressedGradientHeader.of(Method.parse("eden:bits=4"), gradient.length, 1), gradient);
        byte[] written = write(container);
        CompressedGradient moved = (CompressedGradient) read(written);
        assertArrayEquals(container.toByteArray(), moved.toByteArray());
        assertArrayEquals(container.decode(), moved.decode());
        assertTrue(written.length < container.size() + 200, written.length + " bytes of " + container.size());
    }

    @Test
    void shouldRefuseContainersThatWereDamagedOnTheirWay() throws Exception {
        float[] gradient = MethodSamples.gradient(1, 1000);
        byte[] written = write(CompressedGradient
            .encode(CompressedGradientHeader.of(Method.parse("eden:bits=4"), gradient.length, 1), gradient));
        written[written.length - 100] ^= 1;
        assertThrows(InvalidObjectException.class, () -> read(written));
    }
}
