package org.eden4j.compressor;

import java.util.stream.Stream;

/** The contract with the dense rotation; {@link HaarRotationTest} looks at the rotation itself. */
class HaarTest extends RotatedCodecContract {
    @Override
    Stream<Method> methods() {
        return Stream.of("eden:bits=1,rotation=haar", "eden:bits=2.5,scale=biased,rotation=haar",
                "turboquant-mse:bits=3,rotation=haar")
            .map(Method::parse);
    }

    @Override
    int longest() {
        return 1024;
    }

    @Override
    int longestNoise() {
        return 129;
    }
}
