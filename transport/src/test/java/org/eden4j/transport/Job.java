package org.eden4j.transport;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.media.MediaDriverHost;
import org.eden4j.transport.wire.TermsFixture;

/** A real job in this JVM: media drivers, an aggregator, and workers in one thread each. */
final class Job implements AutoCloseable {
    enum Channel {
        IPC, UDP
    }

    static final long SEED = TermsFixture.SEED;
    static final Duration PATIENCE = Duration.ofSeconds(60);

    final MediaDriverHost driver;
    final Aggregator aggregator;
    final List<RoundStatistics> rounds = new CopyOnWriteArrayList<>();
    final List<Worker> workers = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    final Method method;
    final Method downlink;

    Job(Channel channel, int count, Method method, Method downlink, UnaryOperator<AggregatorBuilder> options) {
        this.method = method;
        this.downlink = downlink;
        driver = channel == Channel.IPC ? MediaDriverHost.launch(count + 2) : null;
        JobAddress address = driver == null ? JobAddress.udp("127.0.0.1", 0) : JobAddress.ipc(driver.directory(), 7);
        aggregator = options.apply(Aggregator.builder(address, count, method)
            .downlink(downlink)
            .jobSeed(SEED)
            .joinTimeout(PATIENCE)
            .onRound(rounds::add)).start();
    }

    Job(Channel channel, int count, Method method) {
        this(channel, count, method, Method.parse("eden:bits=8"), options -> options);
    }

    Path directory() {
        return driver.directory();
    }

    Worker join(int index, int dimension) {
        return join(index, dimension, options -> options);
    }

    Worker join(int index, int dimension, UnaryOperator<WorkerBuilder> options) {
        Worker worker = options
            .apply(Worker.builder(aggregator.address(), dimension, method).index(index).joinTimeout(PATIENCE))
            .join();
        workers.add(worker);
        return worker;
    }

    /** Runs one task per worker concurrently, and waits for all. */
    <T> List<T> all(List<Callable<T>> tasks) throws Exception {
        return all(threads, tasks);
    }

    /** Runs all tasks concurrently, in as many threads, and waits for all. */
    static <T> List<T> all(ExecutorService threads, List<Callable<T>> tasks) throws Exception {
        List<Future<T>> futures = new ArrayList<>();
        for (Callable<T> task : tasks) {
            futures.add(threads.submit(task));
        }
        List<T> results = new ArrayList<>();
        for (Future<T> future : futures) {
            results.add(future.get(60, TimeUnit.SECONDS));
        }
        return results;
    }

    <T> Future<T> submit(Callable<T> task) {
        return threads.submit(task);
    }

    /** Runs one round of all these workers. */
    List<Exchanged> exchange(List<Worker> members, List<float[]> updates, float[] weights) throws Exception {
        List<Callable<Exchanged>> tasks = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            Worker worker = members.get(i);
            float[] update = updates.get(i);
            float weight = weights[i];
            tasks.add(() -> exchange(worker, update, weight));
        }
        return all(tasks);
    }

    static Exchanged exchange(Worker worker, float[] update, float weight) {
        float[] mean = new float[update.length];
        java.util.Arrays.fill(mean, Float.NaN);
        RoundResult result = worker.exchange(MemorySegment.ofArray(update), weight, MemorySegment.ofArray(mean));
        return new Exchanged(result, mean);
    }

    /** The result of one worker. */
    record Exchanged(RoundResult result, float[] mean) {}

    static float[] gaussian(int dimension, long seed) {
        Random random = new Random(seed);
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    /** Waits for a condition, up to a limit; it is evaluated in the calling thread. */
    static void await(String what, BooleanSupplier condition) {
        Awaitility.await(what)
            .dontCatchUncaughtExceptions()
            .pollInSameThread()
            .pollDelay(Duration.ZERO)
            .pollInterval(Duration.ofMillis(1))
            .atMost(PATIENCE)
            .until(condition::getAsBoolean);
    }

    void forEachWorker(Consumer<Worker> action) {
        workers.forEach(action);
    }

    @Override
    public void close() {
        List<Future<?>> closing = new ArrayList<>();
        for (Worker worker : workers) {
            closing.add(threads.submit(worker::close));
        }
        for (Future<?> future : closing) {
            try {
                future.get(30, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new AssertionError("a worker does not close", e);
            }
        }
        aggregator.close();
        if (driver != null) {
            driver.close();
        }
        threads.shutdownNow();
    }
}
