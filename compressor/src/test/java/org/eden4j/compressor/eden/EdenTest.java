package org.eden4j.compressor.eden;

import java.util.stream.Stream;
import org.eden4j.compressor.Method;

class EdenTest extends RotatedCodecContract {
    @Override
    protected Stream<Method> methods() {
        return Stream
            .of("eden:bits=1", "eden:bits=2", "eden:bits=3", "eden:bits=4", "eden:bits=5", "eden:bits=6", "eden:bits=7",
                    "eden:bits=8", "eden:bits=1,rounds=2", "eden:bits=3,scale=biased,rounds=3",
                    "eden:bits=4,scale=matched", "eden:bits=2,scale=unit", "eden:bits=0.5", "eden:bits=0.3,rounds=2",
                    "eden:bits=1.5", "eden:bits=2.25,scale=biased", "eden:bits=7.9,scale=matched",
                    "eden:bits=1,rounds=auto", "eden:bits=3.5,rounds=auto", "eden:bits=0.1,coding=entropy",
                    "eden:bits=0.3,coding=entropy", "eden:bits=1,coding=entropy",
                    "eden:bits=2,coding=entropy", "eden:bits=3,scale=biased,coding=entropy",
                    "eden:bits=4,scale=matched,coding=entropy", "eden:bits=1.5,scale=unit,rounds=auto,coding=entropy",
                    "eden:bits=4.5,scale=unit,coding=entropy", "eden:bits=8,coding=entropy",
                    "eden:bits=0.6,coding=entropy,states=32", "eden:bits=2,coding=entropy,states=32",
                    "eden:bits=5,scale=matched,rounds=auto,coding=entropy,states=32", "eden:bits=1,coding=trellis",
                    "eden:bits=2,coding=trellis", "eden:bits=3,scale=biased,coding=trellis",
                    "eden:bits=4,rounds=auto,coding=trellis", "eden:bits=1,coding=trellis,states=64",
                    "eden:bits=2,scale=unit,coding=trellis,states=64",
                    "eden:bits=4,scale=matched,coding=trellis,states=64")
            .map(Method::parse);
    }
}
