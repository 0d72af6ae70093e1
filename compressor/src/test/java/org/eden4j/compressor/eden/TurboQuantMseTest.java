package org.eden4j.compressor.eden;

import java.util.stream.Stream;
import org.eden4j.compressor.Method;

class TurboQuantMseTest extends RotatedCodecContract {
    @Override
    protected Stream<Method> methods() {
        return Stream.of("turboquant-mse:bits=1", "turboquant-mse:bits=4", "turboquant-mse:bits=8,rounds=3")
            .map(Method::parse);
    }
}
