package org.eden4j.transport.media;

import io.aeron.CommonContext;
import io.aeron.driver.DefaultUnicastFlowControlSupplier;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.IoUtil;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.wire.FrameLayout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An Aeron media driver in this process, with its own directory, which is deleted with it.
 *
 * <p>Over IPC one driver serves all members of a host: the process that starts them launches it and passes on its
 * {@link #directory()}. Over UDP every member embeds its own. Directories are in {@code /dev/shm}, or in the directory
 * named by the system property {@code aeron.dir}; directories left there by crashed processes are removed.
 */
public final class MediaDriverHost implements AutoCloseable {
    /** Message of a client that was closed from outside. */
    public static final String LOST = "the media driver is lost: it has ended, or this process was stopped for longer than its timeout";

    private static final Logger LOG = LoggerFactory.getLogger(MediaDriverHost.class);
    private static final String PREFIX = "eden4j-";
    private static final String AERON_DIR = "aeron.dir";
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final AtomicInteger COUNT = new AtomicInteger();

    /** Bytes of counters, enough for about a hundred members; with Aeron's defaults an idle driver would take 47 MB. */
    private static final int COUNTERS_BYTES = 1 << 20;
    /** Silence after which the driver considers a client or an image dead. */
    private static final long LIVENESS_NS = TimeUnit.SECONDS.toNanos(5);
    /** Time without an update of its directory after which a driver counts as ended. */
    private static final long SILENCE_NS = TimeUnit.SECONDS.toNanos(3);
    private static final long UNBLOCK_NS = TimeUnit.SECONDS.toNanos(8);
    private static final long TIMER_NS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Publications beyond the members' that a stream accepts; further ones of unauthenticated peers are refused. */
    private static final int STRANGERS = 16;

    /** Longest park of the driver: heartbeats alone must not keep it from long parks. */
    private static final int LONGEST_PARK_MS = 1;

    private final MediaDriver driver;
    private final Path directory;
    private final Thread shutdownHook;

    private MediaDriverHost(MediaDriver driver, Path directory) {
        this.driver = driver;
        this.directory = directory;
        shutdownHook = new Thread(driver::close, "eden4j-driver-shutdown");
        Runtime.getRuntime().addShutdownHook(shutdownHook);
    }

    /**
     * Starts a driver for IPC jobs.
     *
     * @param workers the number of members that it will serve, over all jobs
     * @throws TransportException if this JVM lacks a flag, there is too little space, or the driver does not start
     */
    public static MediaDriverHost launch(int workers) {
        return launch(2L * workers, new LinkLengths(1, FrameLayout.LARGEST_MTU), new SocketBuffers(0, 0),
                InjectedLoss.NONE);
    }

    /** Starts a driver in this directory for jobs with one aggregator, as {@link #launch(int, int, Path)} does. */
    public static MediaDriverHost launch(int workers, Path directory) {
        return launch(workers, 1, directory);
    }

    /**
     * Starts a driver for IPC jobs in this directory. If it replaces a killed driver there, members continue with it.
     *
     * @param workers the number of members that it will serve, over all jobs
     * @param shards the number of shards of each job, all of which have each worker as a member
     * @throws TransportException if another driver runs there, there is too little space, or the driver does not start
     */
    public static MediaDriverHost launch(int workers, int shards, Path directory) {
        JvmFlags.check();
        LinkLengths lengths = new LinkLengths(shards, FrameLayout.LARGEST_MTU);
        long logBuffers = 2L * workers * shards;
        DriverSpace.check(directory.toAbsolutePath().getParent(), logBuffers, lengths);
        long endNs = System.nanoTime() + 2 * LIVENESS_NS;
        while (isActive(directory.toFile())) {
            if (System.nanoTime() - endNs > 0) {
                throw new TransportException("a media driver already runs in " + directory);
            }
            Interrupts.park(TIMER_NS);
        }
        return launch(directory, logBuffers, lengths, new SocketBuffers(0, 0), InjectedLoss.NONE);
    }

    /**
     * Starts a driver.
     *
     * @param logBuffers number of publications and images that it will host
     * @param buffers socket buffers, zero for IPC
     */
    static MediaDriverHost launch(long logBuffers, LinkLengths lengths, SocketBuffers buffers, InjectedLoss loss) {
        JvmFlags.check();
        Path parent = parent();
        DriverSpace.check(parent, logBuffers, lengths);
        removeLeftovers(parent);
        Path directory = parent.resolve(
                PREFIX + ProcessHandle.current().pid() + '-' + COUNT.incrementAndGet() + '-' + System.nanoTime());
        return launch(directory, logBuffers, lengths, buffers, loss);
    }

    private static MediaDriverHost launch(Path directory, long logBuffers, LinkLengths lengths, SocketBuffers buffers,
            InjectedLoss loss) {
        int mtu = lengths.mtu();
        MediaDriver.Context context = new MediaDriver.Context().aeronDirectoryName(directory.toString())
            .dirDeleteOnStart(true)
            .dirDeleteOnShutdown(true)
            .threadingMode(ThreadingMode.SHARED)
            .sharedIdleStrategy(new ParkingIdleStrategy(LONGEST_PARK_MS))
            .asyncExecutorEnabled(false) // it would wake up 600 times a second, for numeric addresses and sparse files
            .sharedThreadFactory(MediaDriverHost::daemon)
            .counterValuesBufferLength(COUNTERS_BYTES)
            .termBufferSparseFile(true)
            .publicationTermBufferLength(lengths.term())
            .ipcTermBufferLength(lengths.term())
            .ipcMtuLength(mtu)
            .timerIntervalNs(TIMER_NS)
            .clientLivenessTimeoutNs(LIVENESS_NS)
            .imageLivenessTimeoutNs(LIVENESS_NS)
            .publicationUnblockTimeoutNs(UNBLOCK_NS)
            .streamSessionLimit((int) Math.min(logBuffers + STRANGERS, Integer.MAX_VALUE))
            .errorHandler(new DriverErrors());
        if (buffers.receive() > 0) {
            RetransmissionTimer timer = new RetransmissionTimer();
            context.mtuLength(mtu)
                .socketRcvbufLength(buffers.length())
                .socketSndbufLength(buffers.length())
                .initialWindowLength(Math.min(Math.max(mtu, 128 * 1024), buffers.length()))
                .unicastFlowControlSupplier(Pacing.supplier(new DefaultUnicastFlowControlSupplier()))
                .congestControlSupplier(
                        WindowControl.supplier(buffers.receive() / Math.toIntExact(logBuffers), timer))
                .unicastFeedbackDelayGenerator(timer.requests(context.nakUnicastDelayNs()))
                .retransmitUnicastLingerGenerator(timer.lingering());
            context.receiveChannelEndpointSupplier(loss.isNone() ? GuardedEndpoint::new : loss.endpoints());
        }
        try {
            return new MediaDriverHost(MediaDriver.launch(context), directory);
        } catch (RuntimeException e) {
            throw new TransportException("the media driver does not start in " + directory + ": " + e.getMessage(), e);
        }
    }

    private static Thread daemon(Runnable run) {
        Thread thread = new Thread(run, "eden4j-driver");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Returns the parent of the drivers' directories.
     *
     * @throws TransportException if it is not a writable directory
     */
    public static Path parent() {
        String set = System.getProperty(AERON_DIR);
        Path parent = set != null ? Path.of(set)
                : Files.isDirectory(SHARED_MEMORY) ? SHARED_MEMORY : Path.of(System.getProperty("java.io.tmpdir"));
        try {
            Files.createDirectories(parent);
        } catch (IOException e) {
            throw new TransportException(AERON_DIR + "=" + parent + " is not a directory and cannot be made one: " + e,
                    e);
        }
        if (!Files.isWritable(parent)) {
            throw new TransportException(
                    parent + " is not writable for this user: set " + AERON_DIR + " to a directory that is");
        }
        return parent;
    }

    /**
     * Deletes the directories left by the process with this number; does nothing while it runs. Needed only to delete
     * them at once: the next driver that starts deletes those of crashed processes.
     */
    public static void removeLeftovers(long pid) {
        if (ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)) {
            return;
        }
        for (File leftover : directories(parent(), Long.toString(pid))) {
            LOG.debug("removing {}, left by process {}", leftover, pid);
            IoUtil.delete(leftover, true);
        }
    }

    /** Returns the drivers' directories of the process whose number matches the pattern. */
    private static File[] directories(Path parent, String pid) {
        File[] directories = parent.toFile().listFiles((_, name) -> name.matches(PREFIX + pid + "-\\d+-\\d+"));
        return directories == null ? new File[0] : directories;
    }

    /** Deletes drivers' directories whose process has ended and whose driver sends no heartbeat. */
    private static void removeLeftovers(Path parent) {
        for (File leftover : directories(parent, "\\d+")) {
            long pid = Long.parseLong(leftover.getName().split("-")[1]);
            if (ProcessHandle.of(pid).isEmpty() && !isActive(leftover)) {
                LOG.info("removing {}, left by process {}", leftover, pid);
                IoUtil.delete(leftover, true);
            }
        }
    }

    private static boolean isActive(File directory) {
        try {
            return CommonContext.isDriverActive(directory, TimeUnit.NANOSECONDS.toMillis(SILENCE_NS), _ -> {});
        } catch (RuntimeException e) {
            LOG.debug("{} holds no readable driver", directory, e);
            return false;
        }
    }

    /** Returns the driver's directory, for {@link org.eden4j.transport.job.JobAddress#ipc}. */
    public Path directory() {
        return directory;
    }

    /** Stops the driver and deletes its directory. */
    @Override
    public void close() {
        driver.close();
        try {
            Runtime.getRuntime().removeShutdownHook(shutdownHook);
        } catch (IllegalStateException e) {
            LOG.debug("closed while the process ends", e);
        }
    }
}
