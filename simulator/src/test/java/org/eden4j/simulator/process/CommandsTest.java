package org.eden4j.simulator.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class CommandsTest {
    @Test
    void shouldHandOutLinesInOrderAndThenNoneForEver() throws InterruptedException {
        Commands commands = new Commands();
        commands.put("join udp:127.0.0.1:1");
        commands.put("go 1");
        commands.end();
        assertFalse(commands.ended());
        assertEquals("udp:127.0.0.1:1", commands.expect("join"));
        assertEquals("go 1", commands.next());
        assertTrue(commands.ended());
        assertNull(commands.next());
        assertNull(commands.next());
        assertNull(commands.expect("join"));
    }

    @Test
    void shouldRefuseAnotherCommandThanExpected() {
        Commands commands = new Commands();
        commands.put("leave");
        assertThrows(IllegalStateException.class, () -> commands.expect("join"));
    }
}
