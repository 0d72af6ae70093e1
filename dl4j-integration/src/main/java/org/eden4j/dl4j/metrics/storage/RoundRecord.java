package org.eden4j.dl4j.metrics.storage;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.core.storage.Persistable;
import org.eden4j.dl4j.metrics.Figure;

/**
 * A member's measurements up to a round, as DL4J stores them: figures by their names in docs/metrics.md, errors as
 * {@code eden4j.vnmse/PART}.
 *
 * <pre>
 * bytes: version 1, session (UTF), worker (int), time in ms (long), round (long), number of figures (int), then each one's name
 * (UTF) and value (double); big endian, as DataOutputStream writes them
 * </pre>
 *
 * <p>Storages create an empty record and decode into it; otherwise it does not change.
 */
public final class RoundRecord implements Persistable {
    /** The type under which storages list records. */
    public static final String TYPE = "eden4j";
    /** The only figure of a member's static information: the number of coordinates of its updates. */
    public static final String COORDINATES = "eden4j.coordinates";

    private static final long serialVersionUID = 1;
    private static final int VERSION = 1;
    private static final String ERRORS = Figure.VNMSE + "/";

    private String session;
    private int worker;
    private long timeMs;
    private long round;
    private LinkedHashMap<String, Double> figures;

    /** Creates an empty record for storages, which decode into it. */
    public RoundRecord() {
        this("", 0, 0, 0, Map.of());
    }

    RoundRecord(String session, int worker, long timeMs, long round, Map<String, Double> figures) {
        this.session = session;
        this.worker = worker;
        this.timeMs = timeMs;
        this.round = round;
        this.figures = new LinkedHashMap<>(figures);
    }

    static String errorName(String part) {
        return ERRORS + part;
    }

    /** Returns the member's number. */
    public int worker() {
        return worker;
    }

    /** Returns the number of the last round measured. */
    public long round() {
        return round;
    }

    /** Returns all figures by name, including errors. */
    public Map<String, Double> figures() {
        return Collections.unmodifiableMap(figures);
    }

    /** Returns one figure. */
    public double figure(Figure figure) {
        return figures.get(figure.label());
    }

    /** Returns the last measured error |x - x^|^2 / |x|^2 of each part of an update; empty if none was measured. */
    public Map<String, Double> errors() {
        Map<String, Double> errors = new LinkedHashMap<>();
        figures.forEach((name, value) -> {
            if (name.startsWith(ERRORS)) {
                errors.put(name.substring(ERRORS.length()), value);
            }
        });
        return errors;
    }

    @Override
    public String getSessionID() {
        return session;
    }

    @Override
    public String getTypeID() {
        return TYPE;
    }

    @Override
    public String getWorkerID() {
        return Integer.toString(worker);
    }

    @Override
    public long getTimeStamp() {
        return timeMs;
    }

    @Override
    public int encodingLengthBytes() {
        return encode().length;
    }

    @Override
    public byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            encode(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @Override
    public void encode(ByteBuffer buffer) {
        buffer.put(encode());
    }

    @Override
    public void encode(OutputStream outputStream) throws IOException {
        DataOutputStream out = new DataOutputStream(outputStream);
        out.writeByte(VERSION);
        out.writeUTF(session);
        out.writeInt(worker);
        out.writeLong(timeMs);
        out.writeLong(round);
        out.writeInt(figures.size());
        for (Map.Entry<String, Double> figure : figures.entrySet()) {
            out.writeUTF(figure.getKey());
            out.writeDouble(figure.getValue());
        }
        out.flush();
    }

    @Override
    public void decode(byte[] decode) {
        try {
            decode(new ByteArrayInputStream(decode));
        } catch (IOException e) {
            throw new UncheckedIOException("these " + decode.length + " bytes are not a record of eden4j", e);
        }
    }

    @Override
    public void decode(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        decode(bytes);
    }

    @Override
    public void decode(InputStream inputStream) throws IOException {
        DataInputStream in = new DataInputStream(inputStream);
        int version = in.readUnsignedByte();
        if (version != VERSION) {
            throw new IOException("the record has version " + version + ", expected version " + VERSION);
        }
        session = in.readUTF();
        worker = in.readInt();
        timeMs = in.readLong();
        round = in.readLong();
        int count = in.readInt();
        figures = new LinkedHashMap<>();
        for (int figure = 0; figure < count; figure++) {
            figures.put(in.readUTF(), in.readDouble());
        }
    }

    @Override
    public String toString() {
        return "worker " + worker + ", round " + round + " of session " + session + ": " + figures;
    }
}
