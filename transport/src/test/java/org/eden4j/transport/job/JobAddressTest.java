package org.eden4j.transport.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobAddressTest {
    @ParameterizedTest
    @ValueSource(strings = {"udp:127.0.0.1:7400", "udp:[::1]:1", "udp:host.example:65535", "ipc:0:/dev/shm/a",
            "ipc:42:/tmp/with:colon"})
    void shouldReadBackWhatItWrites(String text) {
        assertEquals(text, JobAddress.parse(text).toString());
    }

    @Test
    void shouldKnowItsParts() {
        assertEquals(new JobAddress.Udp("[::1]", 7), JobAddress.parse("udp:[::1]:7"));
        assertEquals(new JobAddress.Ipc(Path.of("/x"), 3), JobAddress.parse("ipc:3:/x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "udp", "udp:", "udp:7400", "udp:host:", "udp:host:99999", "udp:h|mtu=8:1", "udp: :1",
            "ipc:", "ipc:1", "ipc:1:", "ipc:-1:/x", "ipc:x:/x", "tcp:host:1"})
    void shouldRefuseAnythingElse(String text) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> JobAddress.parse(text));
        assertTrue(e.getMessage().startsWith("'" + text + "' is no job address: "), e.getMessage());
    }
}
