package org.eden4j.transport.media;

import io.aeron.Aeron;
import io.aeron.CommonContext;
import io.aeron.exceptions.AeronException;
import io.aeron.exceptions.DriverTimeoutException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.agrona.CloseHelper;
import org.agrona.LangUtil;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.wire.FrameLayout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Aeron resources of one party: its channels, a client, and over UDP its own media driver. Errors of host, port,
 * buffers and memory are found here, before the job starts.
 *
 * @param driver null over IPC, where another process runs it
 * @param release called instead of closing client and driver if other links share them; null if none does
 */
public record Connection(Aeron aeron, MediaDriverHost driver, Channels channels, Runnable release)
        implements
            AutoCloseable {
    /** Default MTU on a network in bytes: a frame with its UDP, IP and Ethernet headers fits 1500. */
    public static final int NETWORK_MTU = 1408;

    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(5);
    /** Log buffers of one member: downlink, uplink, and a separate one for unreliable updates. */
    static final int LOG_BUFFERS = 3;
    private static final Duration DRIVER_TIMEOUT = Duration.ofSeconds(5);

    /**
     * Opens an aggregator's side; port 0 selects a free port.
     *
     * @param limit time limit of the search for a driver over IPC
     * @param reliable whether lost updates are retransmitted
     */
    public static Connection forAggregator(JobAddress.Single address, int workers, LinkLengths lengths, Duration limit,
            boolean reliable, InjectedLoss loss) {
        return switch (address) {
            case JobAddress.Udp udp -> {
                SocketBuffers buffers = SocketBuffers.granted();
                yield embedded((long) LOG_BUFFERS * workers, listening(udp, workers, lengths, buffers, reliable),
                        buffers, loss);
            }
            case JobAddress.Ipc ipc -> shared(ipc, lengths, limit, loss);
        };
    }

    private static Channels listening(JobAddress.Udp udp, int workers, LinkLengths lengths, SocketBuffers buffers,
            boolean reliable) {
        InetAddress host = resolve(udp.host());
        int port = checkPort(host, udp.port());
        boolean loopback = host.isLoopbackAddress();
        int window = reliable ? buffers.window(workers, lengths, loopback)
                : buffers.losslessWindow(workers, lengths, loopback);
        return new Channels(JobAddress.udp(text(host), port), lengths, window, buffers.length());
    }

    /**
     * Connects and opens a link, and tries again if the media driver over IPC turns out to be dead: a killed driver
     * looks alive for 5 s, and its successor waits as long. Other failures, and any failure after the limit, are thrown
     * at once.
     *
     * @param limit time limit of the search for a driver
     * @param connect connects within a time limit
     */
    public static <W> W open(Duration limit, Function<Duration, Connection> connect, Function<Connection, W> way) {
        long endNs = System.nanoTime() + limit.toNanos();
        Duration left = limit;
        while (true) {
            Duration limitNow = left;
            Connection connection = Interrupts.open(() -> connect.apply(limitNow));
            try {
                return Interrupts.open(() -> way.apply(connection));
            } catch (RuntimeException e) {
                boolean driverLost = connection.driver == null
                        && (e instanceof DriverTimeoutException || connection.isEndedBy(e));
                CloseHelper.quietClose(connection);
                if (!driverLost || System.nanoTime() - endNs > 0) {
                    throw e;
                }
                LOG.info("{} before a link was open: {}", MediaDriverHost.LOST, e.getMessage());
                left = Duration.ofNanos(Math.max(0, endNs - System.nanoTime()));
            }
        }
    }

    /** Opens a worker's side. */
    public static Connection forWorker(JobAddress.Single address, LinkLengths lengths, Duration timeout,
            InjectedLoss loss) {
        return forMember(address, 1, lengths, timeout, loss);
    }

    /**
     * Opens a side with room for several links.
     *
     * @param links the number of links to aggregators and to members of a hosted one
     */
    static Connection forMember(JobAddress.Single address, int links, LinkLengths lengths, Duration timeout,
            InjectedLoss loss) {
        return switch (address) {
            case JobAddress.Udp udp -> {
                SocketBuffers buffers = SocketBuffers.granted();
                yield embedded((long) LOG_BUFFERS * links, channels(udp, lengths, buffers), buffers, loss);
            }
            case JobAddress.Ipc ipc -> shared(ipc, lengths, timeout, loss);
        };
    }

    private static Channels channels(JobAddress.Udp udp, LinkLengths lengths, SocketBuffers buffers) {
        if (udp.port() == 0) {
            throw new IllegalArgumentException("a worker needs the aggregator's real port, got 0");
        }
        InetAddress host = resolve(udp.host());
        return new Channels(JobAddress.udp(text(host), udp.port()), lengths,
                buffers.window(1, lengths, host.isLoopbackAddress()), buffers.length());
    }

    /**
     * Returns whether the client has ended, so that this failure of a call on it is not a failure of the job. A client
     * that lost its driver rejects calls for a moment before it reports to be closed; this call waits until it does.
     *
     * @throws TransportException if this thread is interrupted while waiting
     */
    public boolean isEndedBy(RuntimeException failure) {
        // a client that ends throws this very class: its subclasses say what else is wrong
        if (failure.getClass() == AeronException.class) {
            long endNs = System.nanoTime() + DRIVER_TIMEOUT.toNanos();
            while (!aeron.isClosed() && System.nanoTime() - endNs < 0) {
                Interrupts.park(POLL_NS);
            }
        }
        return aeron.isClosed();
    }

    /** Returns a worker's side on the same client and driver, to the aggregator that uses them as well. */
    Connection toLocal(Runnable newRelease) {
        return new Connection(aeron, driver, local(), newRelease);
    }

    /** Returns a worker's side on the same client and driver, to another aggregator. */
    Connection to(JobAddress.Single address, Runnable newRelease) {
        Channels other = switch (address) {
            case JobAddress.Udp udp -> channels(udp, channels.lengths(), SocketBuffers.granted());
            case JobAddress.Ipc ipc -> new Channels(ipc, channels.lengths(), 0, 0);
        };
        return new Connection(aeron, driver, other, newRelease);
    }

    /** Returns an aggregator's side on the same client and driver. */
    Connection listening(JobAddress.Udp udp, int workers, boolean reliable, Runnable newRelease) {
        return new Connection(aeron, driver,
                listening(udp, workers, channels.lengths(), SocketBuffers.granted(), reliable), newRelease);
    }

    /** Returns the default MTU: 65504 if no network is crossed, 1408 otherwise. */
    public static int defaultMtu(JobAddress address) {
        return address.shards().stream().mapToInt(Connection::defaultMtu).min().orElseThrow();
    }

    private static int defaultMtu(JobAddress.Single address) {
        return switch (address) {
            case JobAddress.Udp udp when resolve(udp.host()).isLoopbackAddress() -> SocketBuffers.granted()
                .loopbackMtu();
            case JobAddress.Udp _ -> NETWORK_MTU;
            case JobAddress.Ipc _ -> FrameLayout.LARGEST_MTU;
        };
    }

    private static Connection embedded(long logBuffers, Channels channels, SocketBuffers buffers, InjectedLoss loss) {
        MediaDriverHost driver = MediaDriverHost.launch(logBuffers, channels.lengths(), buffers, loss);
        boolean connected = false;
        try {
            Connection connection = new Connection(client(driver.directory()), driver, channels, null);
            connected = true;
            return connection;
        } finally {
            if (!connected) {
                driver.close();
            }
        }
    }

    private static Connection shared(JobAddress.Ipc ipc, LinkLengths lengths, Duration timeout, InjectedLoss loss) {
        if (!loss.isNone()) {
            throw new IllegalArgumentException("nothing is lost over IPC: inject loss over UDP");
        }
        Path directory = ipc.aeronDirectory();
        long endNs = System.nanoTime() + timeout.toNanos();
        while (true) {
            TransportException failure;
            if (isDriven(directory)) {
                try {
                    return new Connection(client(directory), null, new Channels(ipc, lengths, 0, 0), null);
                } catch (TransportException e) {
                    failure = e;
                }
            } else {
                failure = new TransportException("no media driver runs in " + directory + " after "
                        + timeout.toMillis()
                        + " ms: start one first (MediaDriverHost), or correct the directory");
            }
            if (System.nanoTime() - endNs > 0) {
                throw failure;
            }
            Interrupts.park(POLL_NS);
        }
    }

    /** Returns whether a driver runs there; false also while one is starting on a busy machine. */
    private static boolean isDriven(Path directory) {
        try {
            return CommonContext.isDriverActive(directory.toFile(), DRIVER_TIMEOUT.toMillis(), LOG::debug);
        } catch (DriverTimeoutException e) {
            LOG.debug("a driver is starting in {}", directory, e);
            return false;
        }
    }

    private static Aeron client(Path directory) {
        ClientEnd end = new ClientEnd();
        Aeron.Context context = new Aeron.Context().aeronDirectoryName(directory.toString())
            .driverTimeoutMs(DRIVER_TIMEOUT.toMillis())
            .errorHandler(end)
            .subscriberErrorHandler(LangUtil::rethrowUnchecked)
            .threadFactory(Connection::daemon);
        try {
            Aeron aeron = Aeron.connect(context);
            aeron.addCloseHandler(end);
            return aeron;
        } catch (AeronException e) {
            throw new TransportException("no connection to the media driver in " + directory + ": " + e.getMessage(),
                    e);
        }
    }

    private static Thread daemon(Runnable run) {
        Thread thread = new Thread(run, "eden4j-aeron-client");
        thread.setDaemon(true);
        return thread;
    }

    private static InetAddress resolve(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new TransportException("host '" + host + "' has no address", e);
        }
    }

    /** Returns the port if it is free, or a free one for 0. */
    private static int checkPort(InetAddress host, int port) {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(host, port))) {
            return socket.getLocalPort();
        } catch (BindException e) {
            throw new TransportException("cannot listen on " + text(host) + ':' + port + ": " + e.getMessage()
                    + "; stop the process that uses the port, or choose another", e);
        } catch (SocketException e) {
            throw new TransportException("cannot listen on " + text(host) + ':' + port + ": " + e.getMessage(), e);
        }
    }

    /** Returns the channels between an aggregator and the worker in the same process, over their common driver. */
    public Channels local() {
        return new Channels(JobAddress.ipc(driver.directory(), 0), channels.lengths(), 0, 0);
    }

    /** Returns this host's address on the route to the aggregator. */
    public String localHost() {
        if (!(channels.address() instanceof JobAddress.Udp udp)) {
            return "";
        }
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(resolve(udp.host()), udp.port()));
            return text(socket.getLocalAddress());
        } catch (SocketException e) {
            throw new TransportException("no route to " + udp + ": " + e.getMessage(), e);
        }
    }

    private static String text(InetAddress address) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        String plain = zone < 0 ? text : text.substring(0, zone);
        return address instanceof Inet6Address ? '[' + plain + ']' : plain;
    }

    /** Returns whether other links may use the same client and driver. */
    public boolean isShared() {
        return release != null;
    }

    @Override
    public void close() {
        if (isShared()) {
            release.run();
        } else {
            CloseHelper.closeAll(aeron, driver);
        }
    }
}
