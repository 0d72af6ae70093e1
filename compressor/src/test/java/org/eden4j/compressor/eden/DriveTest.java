package org.eden4j.compressor.eden;

import java.util.stream.Stream;
import org.eden4j.compressor.Method;

class DriveTest extends RotatedCodecContract {
    @Override
    protected Stream<Method> methods() {
        return Stream.of("drive", "drive:scale=biased", "drive:rounds=2").map(Method::parse);
    }
}
