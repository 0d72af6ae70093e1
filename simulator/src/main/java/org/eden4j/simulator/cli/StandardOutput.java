package org.eden4j.simulator.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;

/**
 * Standard output that ends the command when it cannot be written. {@link System#out} ignores such errors, so a command
 * whose results are lost would continue and exit with 0. A full disk is a failure. A reader that has exited, such as
 * {@code head}, has what it needs, and the command stops quietly.
 */
public final class StandardOutput extends OutputStream {
    private final OutputStream out;

    private StandardOutput(OutputStream out) {
        this.out = out;
    }

    /** Returns a writer to this process's standard output, in the encoding of the environment. */
    public static PrintWriter writer() {
        return new PrintWriter(new OutputStreamWriter(new StandardOutput(new FileOutputStream(FileDescriptor.out)),
                System.out.charset()));
    }

    @Override
    public void write(int b) {
        write(new byte[]{(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            throw new LostException(e);
        }
    }

    /** Returns whether a failure means that the reader has exited. */
    static boolean isUnread(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof LostException lost) {
                return lost.isUnread();
            }
        }
        return false;
    }

    /** Thrown if standard output cannot be written. */
    public static final class LostException extends RuntimeException {
        private static final long serialVersionUID = 1;

        LostException(IOException cause) {
            super("standard output cannot be written: " + cause.getMessage()
                    + ": results are lost; free disk space or choose another file", cause);
        }

        private boolean isUnread() {
            return getCause().getMessage() != null && getCause().getMessage().contains("Broken pipe");
        }
    }
}
