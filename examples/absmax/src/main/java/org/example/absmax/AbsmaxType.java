package org.example.absmax;

import java.util.List;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.MethodText;
import org.eden4j.compressor.MethodType;

/** Registers {@link Absmax}. */
public record AbsmaxType() implements MethodType {
    @Override
    public String name() {
        return "absmax";
    }

    @Override
    public int wireId() {
        return 200;
    }

    @Override
    public Method parse(MethodText parameters) {
        return new Absmax((int) parameters.number("levels", Absmax.MOST_LEVELS));
    }

    @Override
    public List<String> examples() {
        return List.of("absmax", "absmax:levels=7");
    }
}
