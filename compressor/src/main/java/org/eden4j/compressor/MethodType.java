package org.eden4j.compressor;

import java.util.List;
import java.util.function.Function;

/**
 * What the methods of one name share: the registration of a method. {@link Methods} knows those of this library and finds
 * other people's by {@link java.util.ServiceLoader}: a class that implements this interface, with a public constructor without
 * parameters, named in {@code META-INF/services/org.eden4j.compressor.MethodType} (and, in a module, by {@code provides}).
 */
public interface MethodType {
    /** The smallest wire id of methods that do not belong to this library; the largest is 255. */
    int FIRST_FOREIGN_WIRE_ID = 128;

    /** The name that the text form begins with: lower-case letters, digits and hyphens. */
    String name();

    /**
     * The stable number that frames and containers carry: 0 to 126 in this library, {@value #FIRST_FOREIGN_WIRE_ID} to 255
     * elsewhere. Never given to another method, nor {@value UpdateLayout#WIRE_ID} to any.
     */
    int wireId();

    /**
     * Makes the method.
     *
     * @param parameters to be taken; one that is not taken is refused
     * @throws IllegalArgumentException saying what is wrong with a parameter
     */
    Method parse(MethodText parameters);

    /** Text forms of methods that between them take every path of the codecs: tests run over them. */
    List<String> examples();

    /** A type by its facts. */
    static MethodType of(String name, int wireId, Function<MethodText, Method> parser, String... examples) {
        return new Fixed(name, wireId, parser, List.of(examples));
    }

    /** See {@link #of}. */
    record Fixed(String name, int wireId, Function<MethodText, Method> parser, List<String> examples)
            implements
                MethodType {
        @Override
        public Method parse(MethodText parameters) {
            return parser.apply(parameters);
        }
    }
}
