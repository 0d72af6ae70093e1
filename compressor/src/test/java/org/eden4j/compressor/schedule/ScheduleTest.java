package org.eden4j.compressor.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.compressor.UpdateLayout.Kind;
import org.eden4j.compressor.schedule.Schedule.Phase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Methods that follow one another. */
class ScheduleTest {
    private static final String TEXT = "none;eden:bits=2,coding=entropy@20;drive@200";

    @Test
    void shouldHaveTheMethodOfEachRound() {
        Method schedule = Method.parse(TEXT);
        assertEquals(Method.parse("none"), schedule.at(0));
        assertEquals(Method.parse("none"), schedule.at(19));
        assertEquals(Method.parse("eden:bits=2,coding=entropy"), schedule.at(20));
        assertEquals(Method.parse("eden:bits=2,coding=entropy"), schedule.at(199));
        assertEquals(Method.parse("drive"), schedule.at(200));
        assertEquals(Method.parse("drive"), schedule.at(1L << 40));
        assertEquals(List.of(20L, 200L), Schedule.changes(List.of(schedule, Method.parse("none"))));
        assertSame(schedule.at(5), schedule.at(5).at(300), "a method is the same in all rounds");
    }

    @Test
    void shouldBeReadAsItIsWritten() {
        Method schedule = Method.parse(TEXT);
        assertEquals(TEXT, schedule.toString());
        assertEquals(schedule, Method.parse(TEXT));
        assertEquals(schedule, Method.parse(" none@0 ; eden:bits=2,coding=entropy @20; drive@ 200 "));
        assertEquals(new Schedule(List.of(new Phase(0, Method.parse("none")),
                new Phase(20, Method.parse("eden:bits=2,coding=entropy")), new Phase(200, Method.parse("drive")))),
                schedule);
    }

    /** Containers and sweeps have no rounds. */
    @Test
    void shouldBeItsLastPhaseWhereNothingHasARound() {
        Method schedule = Method.parse("float16;eden:bits=4@7");
        Method last = Method.parse("eden:bits=4");
        assertEquals(last.wireId(), schedule.wireId());
        assertEquals(last.maxPayloadBytes(1024), schedule.maxPayloadBytes(1024));
        assertEquals(last.vnmse(), schedule.vnmse());
        assertEquals(last.blocked(), schedule.blocked());
        assertEquals(last.codec().payloadBytes(1024), schedule.codec().payloadBytes(1024));
        assertTrue(Method.parse("none;eden:bits=4@7").isUnbiased());
        assertTrue(!schedule.isUnbiased(), "float16 is not");
    }

    @Test
    void shouldLookAtEachPhaseForShortVectors() {
        assertEquals(Method.parse("none"), Method.parse("none;eden:bits=4@7").forDimension(127));
        assertEquals(Method.parse("float16;none@7"), Method.parse("float16;eden:bits=4@7").forDimension(127));
        assertEquals(Method.parse("none;eden:bits=4@7"), Method.parse("none;eden:bits=4@7").forDimension(128));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "none;drive | schedule 'none;drive': 'drive' does not say from which round on, write drive@ROUND",
            "none@3;drive@5 | a schedule has at least two phases, the first from round 0 on, got none@3;drive@5",
            "none;drive@5;none@5 | phases follow one another, and none@5 does not begin after drive@5",
            "none;drive@x | schedule 'none;drive@x': 'x' is no number of a round",
            "none;drive@-1 | a phase begins at round 0 at the earliest, not at -1"})
    void shouldRefuseWhatIsNoSchedule(String text, String reason) {
        assertEquals(reason, assertThrows(IllegalArgumentException.class, () -> Method.parse(text)).getMessage());
    }

    @Test
    void shouldRefuseWhatMembersCouldNotBeTold() {
        StringBuilder text = new StringBuilder("none");
        for (int phase = 1; phase < 20; phase++) {
            text.append(";eden:bits=4@").append(phase);
        }
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Method.parse(text.toString())).getMessage()
            .endsWith("characters, at most 200 are read"));
        assertThrows(IllegalArgumentException.class, () -> new Phase(0, Method.parse(TEXT)));
    }

    @Test
    void shouldGiveLayoutsTheirMethodsOfARound() {
        UpdateLayout layout = UpdateLayout.parse("4096 " + TEXT + " 0_W\n10 none 0_b\n700 absent 1_W\n");
        assertInstanceOf(Schedule.class, layout.parts().getFirst().method().orElseThrow());
        assertEquals(Kind.COMPRESSED, layout.parts().getFirst().kind());
        assertEquals("4096 none 0_W\n10 none 0_b\n700 absent 1_W\n", layout.at(0).text());
        assertEquals("4096 drive 0_W\n10 none 0_b\n700 absent 1_W\n", layout.at(200).text());
        UpdateLayout means = layout.downlink(Method.parse(TEXT), Method.parse("none;eden:bits=8@20"));
        assertEquals("4096 none 0_W\n10 none 0_b\n700 absent 1_W\n", means.at(19).text());
        assertEquals("4096 eden:bits=8 0_W\n10 none 0_b\n700 absent 1_W\n", means.at(20).text());
        UpdateLayout plain = layout.at(200);
        assertSame(plain, plain.at(3));
        assertEquals(layout, UpdateLayout.parse(layout.text()));
    }
}
