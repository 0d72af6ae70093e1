package org.eden4j.compressor.eden;

import java.util.stream.Stream;
import org.eden4j.compressor.Method;

class MatchedNormTest extends RotatedCodecContract {
    @Override
    protected Stream<Method> methods() {
        return Stream.of("matched-norm:bits=1", "matched-norm:bits=4", "matched-norm:bits=7,rounds=2")
            .map(Method::parse);
    }
}
