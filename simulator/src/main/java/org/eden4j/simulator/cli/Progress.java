package org.eden4j.simulator.cli;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** How far a long task is: a bar on standard error, or nothing. Thread-safe. */
public sealed interface Progress extends AutoCloseable {
    /** The number of steps of a task that is not known. */
    long UNKNOWN = -1;

    static Progress of(String task, long steps, boolean shown) {
        return shown ? new Bar(task, steps) : new Hidden();
    }

    /** So many steps more are done. */
    void step(long steps);

    /** What is being done now. */
    void message(String text);

    @Override
    void close();

    /** Shows nothing. */
    record Hidden() implements Progress {
        @Override
        public void step(long steps) {
            // nothing is shown
        }

        @Override
        public void message(String text) {
            // nothing is shown
        }

        @Override
        public void close() {
            // nothing was opened
        }
    }

    /** A bar that is drawn again five times a second. */
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
