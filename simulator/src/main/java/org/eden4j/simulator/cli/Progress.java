package org.eden4j.simulator.cli;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** The progress of a long task: a bar on standard error, or nothing. Thread-safe. */
public sealed interface Progress extends AutoCloseable {
    /** Number of steps of a task of unknown length. */
    long UNKNOWN = -1;

    static Progress of(String task, long steps, boolean shown) {
        return shown ? new Bar(task, steps) : new Hidden();
    }

    /** Reports that {@code steps} more steps are complete. */
    void step(long steps);

    /** Shows the current activity. */
    void message(String text);

    @Override
    void close();

    /** Shows nothing. */
    record Hidden() implements Progress {
        @Override
        public void step(long steps) {
            // Nothing is shown.
        }

        @Override
        public void message(String text) {
            // Nothing is shown.
        }

        @Override
        public void close() {
            // Nothing was opened.
        }
    }

    /** A bar that is redrawn five times per second. */
    final class Bar implements Progress {
        private static final int REDRAW_MS = 200;

        private final ProgressBar bar;

        Bar(String task, long steps) {
            bar = new ProgressBarBuilder().setTaskName(task)
                .setInitialMax(steps)
                .setUpdateIntervalMillis(REDRAW_MS)
                .setStyle(ProgressBarStyle.ASCII)
                .clearDisplayOnFinish()
                .build();
        }

        @Override
        public void step(long steps) {
            bar.stepBy(steps);
        }

        @Override
        public void message(String text) {
            bar.setExtraMessage(text);
        }

        @Override
        public void close() {
            bar.close();
        }
    }
}
