package org.eden4j.transport.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobAddressTest {
    @ParameterizedTest
    @ValueSource(strings = {"udp:127.0.0.1:7400", "udp:[::1]:1", "udp:host.example:65535", "ipc:0:/dev/shm/a",
            "ipc:42:/tmp/with:colon", "udp:a:1,b:2", "udp:[::1]:7,[::1]:8,c:7",
            "ipc:7..10:/dev/shm/a"})
    void shouldReadBackWhatItWrites(String text) {
        assertEquals(text, JobAddress.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"udp:127.0.0.1:7400", "ipc:42:/tmp/with:colon", "udp:a:1,b:2", "ipc:7..10:/dev/shm/a"})
    void shouldMoveAsAnObject(String text) throws Exception {
        JobAddress address = JobAddress.parse(text);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(address);
        }
        assertEquals(address,
                new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject());
    }

    @Test
    void shouldKnowItsParts() {
        assertEquals(new JobAddress.Udp("[::1]", 7), JobAddress.parse("udp:[::1]:7"));
        assertEquals(new JobAddress.Ipc(Path.of("/x"), 3), JobAddress.parse("ipc:3:/x"));
    }

    @Test
    void shouldNameTheShardsInTheirOrder() {
        assertEquals(List.of(JobAddress.udp("a", 1), JobAddress.udp("b", 2)), JobAddress.parse("udp:a:1,b:2").shards());
        assertEquals(List.of(JobAddress.ipc(Path.of("/x"), 3), JobAddress.ipc(Path.of("/x"), 4)),
                JobAddress.parse("ipc:3..4:/x").shards());
        assertEquals(List.of(JobAddress.udp("a", 1)), JobAddress.parse("udp:a:1").shards());
        assertEquals(JobAddress.ipc(Path.of("/x"), 3), JobAddress.parse("ipc:3..3:/x"));
    }

    @Test
    void shouldRefuseShardsThatDoNotBelongTogether() {
        JobAddress.Single udp = JobAddress.udp("a", 1);
        JobAddress.Single ipc = JobAddress.ipc(Path.of("/x"), 3);
        for (List<JobAddress.Single> shards : List.of(List.of(udp, udp), List.of(udp, ipc), List.of(ipc, udp),
                List.of(ipc, JobAddress.ipc(Path.of("/x"), 5)), List.of(ipc, JobAddress.ipc(Path.of("/y"), 4)))) {
            assertThrows(IllegalArgumentException.class, () -> JobAddress.of(shards));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "udp", "udp:", "udp:7400", "udp:host:", "udp:host:99999", "udp:h|mtu=8:1", "udp: :1",
            "ipc:", "ipc:1", "ipc:1:", "ipc:-1:/x", "ipc:x:/x", "tcp:host:1", "udp:a:1,", "udp:a:1,a:1", "ipc:4..3:/x",
            "ipc:0..255:/x", "ipc:1..:/x"})
    void shouldRefuseAnythingElse(String text) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> JobAddress.parse(text));
        assertTrue(e.getMessage().startsWith("'" + text + "' is not a job address: "), e.getMessage());
    }
}
