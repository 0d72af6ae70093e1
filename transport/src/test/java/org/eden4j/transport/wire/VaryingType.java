package org.eden4j.transport.wire;

import java.util.List;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.MethodText;
import org.eden4j.compressor.MethodType;

/** Registers {@link Varying} for tests. */
public final class VaryingType implements MethodType {
    @Override
    public String name() {
        return "varying";
    }

    @Override
    public int wireId() {
        return 250;
    }

    @Override
    public Method parse(MethodText parameters) {
        return new Varying();
    }

    @Override
    public List<String> examples() {
        return List.of("varying");
    }
}
