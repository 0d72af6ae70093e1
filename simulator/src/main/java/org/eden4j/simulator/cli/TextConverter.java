package org.eden4j.simulator.cli;

import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the value of an option with a parser whose {@link IllegalArgumentException} is reported as wrong usage. */
public abstract class TextConverter<T> implements ITypeConverter<T> {
    private final Function<String, T> parser;

    protected TextConverter(Function<String, T> parser) {
        this.parser = parser;
    }

    @Override
    public final T convert(String text) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw (TypeConversionException) new TypeConversionException(e.getMessage()).initCause(e);
        }
    }
}
