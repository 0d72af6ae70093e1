package org.eden4j.simulator.output;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {
    @Test
    void shouldPrintTheHeaderOnceAndNumbersToTheRight() {
        TextTable table = new TextTable(List.of("method", "bytesUp", "equal"));
        String first = table.line(new Row().put("method", "drive").put("bytesUp", 1234567L).put("equal", true));
        String second = table.line(new Row().put("method", "none").put("bytesUp", 8L));
        assertEquals("method       bytesUp  equal\ndrive      1,234,567  yes\n", first);
        assertEquals("none               8\n", second);
    }

    @Test
    void shouldShowFiveSignificantDigits() {
        assertEquals("0", TextTable.cell(0.0));
        assertEquals("0.0095921", TextTable.cell(.00959214));
        assertEquals("9.592e-04", TextTable.cell(.000959214));
        assertEquals("12345.7", TextTable.cell(12345.67));
        assertEquals("1.235e+06", TextTable.cell(1234567.0));
        assertEquals("1 3", TextTable.cell(List.of(1, 3)));
        assertEquals("", TextTable.cell(null));
    }

    @Test
    void shouldQuoteInCsvWhatNeedsIt() {
        Csv csv = new Csv(List.of("a", "b", "c"));
        assertEquals("a,b,c\n\"sparse:2,1\",,\"say \"\"no\"\"\"\n",
                csv.line(new Row().put("a", "sparse:2,1").put("c", "say \"no\"")));
        assertEquals(",1.5,\n", csv.line(new Row().put("b", 1.5)));
    }

    @Test
    void shouldWriteNumbersThatAreNotFiniteAsNull() {
        assertEquals("{\"a\":null,\"b\":null,\"c\":[1,2]}", Json.line(
                new Row().put("a", Double.NaN)
                    .put("b", Double.POSITIVE_INFINITY)
                    .put("c", Arrays.asList(1, 2))
                    .fields()));
    }
}
