package org.eden4j.compressor;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.eden4j.compressor.eden.Drive;
import org.eden4j.compressor.eden.Eden;
import org.eden4j.compressor.eden.MatchedNorm;
import org.eden4j.compressor.eden.TurboQuantMse;
import org.eden4j.compressor.eden.TurboQuantProd;
import org.eden4j.compressor.elementwise.BFloat16;
import org.eden4j.compressor.elementwise.Float16;
import org.eden4j.compressor.elementwise.None;
import org.eden4j.compressor.schedule.Schedule;
import org.eden4j.compressor.sparse.RandK;
import org.eden4j.compressor.sparse.SignSgd;
import org.eden4j.compressor.sparse.TernGrad;
import org.eden4j.compressor.sparse.Threshold;
import org.eden4j.compressor.sparse.TopK;
import org.eden4j.compressor.stochastic.Kashin;
import org.eden4j.compressor.stochastic.Qsgd;
import org.eden4j.compressor.stochastic.QuicFl;
import org.eden4j.compressor.stochastic.StochasticQuantization;

/**
 * The registry of all method types: those of this library, then those found by {@link ServiceLoader}. Immutable,
 * created on first use.
 */
public final class Methods {
    private static final List<MethodType> OWN = List.of(Eden.TYPE, Drive.TYPE, TurboQuantMse.TYPE, MatchedNorm.TYPE,
            TurboQuantProd.TYPE, StochasticQuantization.TYPE, Qsgd.TYPE, TernGrad.TYPE, SignSgd.TYPE, TopK.TYPE,
            RandK.TYPE, Kashin.TYPE, QuicFl.TYPE, Threshold.TYPE, Float16.TYPE, BFloat16.TYPE, None.TYPE);
    private static final int LAST_WIRE_ID = 255;

    private final Map<String, MethodType> byName;

    private Methods(Map<String, MethodType> byName) {
        this.byName = byName;
    }

    /** Created on first use, so that a record can be loaded before the registry that lists it. */
    private static final class Known {
        static final Methods METHODS = of(OWN, ServiceLoader.load(MethodType.class, Methods.class.getClassLoader()));
    }

    /** Returns every type, in the order in which errors list their names. */
    public static List<MethodType> types() {
        return List.copyOf(Known.METHODS.byName.values());
    }

    /** Returns the example methods of all types. */
    public static List<Method> examples() {
        return types().stream().flatMap(type -> type.examples().stream()).map(Methods::parse).toList();
    }

    static Method parse(String text) {
        return text.contains(Schedule.SEPARATOR) ? Schedule.parse(text) : Known.METHODS.read(text);
    }

    private Method read(String text) {
        MethodText parsed = MethodText.read(text);
        MethodType type = byName.get(parsed.name());
        if (type == null) {
            throw parsed.wrong("'" + parsed.name() + "' is not one of " + String.join(", ", byName.keySet())
                    + "; a third-party method needs its jar on the class path (EDEN4J_CLASSPATH of ./eden)");
        }
        return parsed.parse(type);
    }

    /**
     * Creates a registry of these types.
     *
     * @throws IllegalStateException if two types have the same name or wire id, or if a name or wire id is not valid
     */
    static Methods of(Iterable<MethodType> own, Iterable<MethodType> foreign) {
        Map<String, MethodType> byName = new LinkedHashMap<>();
        Map<Integer, MethodType> byId = new LinkedHashMap<>();
        for (MethodType type : own) {
            register(type, 0, UpdateLayout.WIRE_ID - 1, byName, byId);
        }
        for (MethodType type : foreign) {
            register(type, MethodType.FIRST_FOREIGN_WIRE_ID, LAST_WIRE_ID, byName, byId);
        }
        return new Methods(Collections.unmodifiableMap(byName));
    }

    private static void register(
            MethodType type, int first, int last, Map<String, MethodType> byName, Map<Integer, MethodType> byId) {
        String who = "method type " + type.getClass().getName();
        if (!type.name().matches("[a-z][a-z0-9-]*")) {
            throw new IllegalStateException(
                    who + " has the name '" + type.name() + "': use lower-case letters, digits and hyphens");
        }
        if (type.wireId() < first || type.wireId() > last) {
            throw new IllegalStateException(who + " has the wire id " + type.wireId() + ": choose one from " + first
                    + " to " + last);
        }
        if (type.examples().isEmpty()) {
            throw new IllegalStateException(who + " has no example: name at least one text form");
        }
        MethodType sameName = byName.putIfAbsent(type.name(), type);
        if (sameName != null) {
            throw new IllegalStateException(
                    who + " has the name '" + type.name() + "', which is taken: choose another");
        }
        MethodType sameId = byId.putIfAbsent(type.wireId(), type);
        if (sameId != null) {
            throw new IllegalStateException(who + " has the wire id " + type.wireId() + " of '" + sameId.name()
                    + "': choose another");
        }
    }
}
