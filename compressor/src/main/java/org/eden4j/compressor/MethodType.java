package org.eden4j.compressor;

import java.util.List;
import java.util.function.Function;

/**
 * The registration of a method: what all methods of one name have in common. {@link Methods} knows the types of this
 * library and finds third-party types with {@link java.util.ServiceLoader}: classes with a public constructor without
 * parameters, named in {@code META-INF/services/org.eden4j.compressor.MethodType} and, in a module, by
 * {@code provides}.
 */
public interface MethodType {
    /** Smallest wire id of third-party methods; the largest is 255. */
    int FIRST_FOREIGN_WIRE_ID = 128;

    /** Returns the name at the start of the text form: lower-case letters, digits and hyphens. */
    String name();

    /**
     * Returns the number that identifies the method in frames and containers: 0 to 126 in this library,
     * {@value #FIRST_FOREIGN_WIRE_ID} to 255 in others. Ids are never reassigned; {@value UpdateLayout#WIRE_ID} is
     * reserved.
     */
    int wireId();

    /**
     * Creates the method.
     *
     * @param parameters the parameters to read; one that is left unread is rejected
     * @throws IllegalArgumentException naming the parameter that is wrong
     */
    Method parse(MethodText parameters);

    /** Returns text forms that together cover every path of the codecs; tests run over them. */
    List<String> examples();

    /** Creates a type from its properties. */
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
