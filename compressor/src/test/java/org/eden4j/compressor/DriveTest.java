package org.eden4j.compressor;

import java.util.stream.Stream;

class DriveTest extends RotatedCodecContract {
    @Override
    Stream<Method> methods() {
        return Stream.of("drive", "drive:scale=biased", "drive:rounds=2").map(Method::parse);
    }
}
