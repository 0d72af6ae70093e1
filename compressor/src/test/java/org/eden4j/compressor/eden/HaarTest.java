package org.eden4j.compressor.eden;

import java.util.stream.Stream;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.rotation.HaarRotationTest;

/** The contract with the dense rotation; {@link HaarRotationTest} tests the rotation itself. */
class HaarTest extends RotatedCodecContract {
    @Override
    protected Stream<Method> methods() {
        return Stream.of("eden:bits=1,rotation=haar", "eden:bits=2.5,scale=biased,rotation=haar",
                "turboquant-mse:bits=3,rotation=haar")
            .map(Method::parse);
    }

    @Override
    protected int longest() {
        return 1024;
    }

    @Override
    protected int longestNoise() {
        return 129;
    }
}
