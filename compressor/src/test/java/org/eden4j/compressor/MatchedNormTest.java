package org.eden4j.compressor;

import java.util.stream.Stream;

class MatchedNormTest extends RotatedCodecContract {
    @Override
    Stream<Method> methods() {
        return Stream.of("matched-norm:bits=1", "matched-norm:bits=4", "matched-norm:bits=7,rounds=2")
            .map(Method::parse);
    }
}
