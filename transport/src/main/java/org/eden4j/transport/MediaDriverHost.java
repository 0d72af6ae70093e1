package org.eden4j.transport;

import java.nio.file.Path;

/** Skeleton, the driver follows. */
public final class MediaDriverHost implements AutoCloseable {
    private MediaDriverHost() {}

    /**
     * Starts a media driver in a directory of its own.
     *
     * @param publications how many publications it will host, for the space check
     */
    public static MediaDriverHost launch(int publications) {
        throw new UnsupportedOperationException("not yet, with " + publications);
    }

    public Path directory() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
