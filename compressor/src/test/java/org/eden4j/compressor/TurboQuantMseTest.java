package org.eden4j.compressor;

import java.util.stream.Stream;

class TurboQuantMseTest extends RotatedCodecContract {
    @Override
    Stream<Method> methods() {
        return Stream.of("turboquant-mse:bits=1", "turboquant-mse:bits=4", "turboquant-mse:bits=8,rounds=3")
            .map(Method::parse);
    }
}
