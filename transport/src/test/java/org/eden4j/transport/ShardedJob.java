package org.eden4j.transport;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.job.Shard;
import org.eden4j.transport.media.MediaDriverHost;

/** A real job in this JVM whose vector is cut into shards, each with an aggregator. */
final class ShardedJob implements AutoCloseable {
    static final int JOB = 7;

    final MediaDriverHost driver;
    final List<Aggregator> aggregators = new ArrayList<>();
    final List<Worker> workers = new ArrayList<>();
    /** By shard. */
    final List<List<RoundStatistics>> rounds = new ArrayList<>();
    final Method method;
    final JobAddress address;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    ShardedJob(Job.Channel channel, int shards, int count, Method method, UnaryOperator<AggregatorBuilder> options) {
        this(channel, shards, count, count, method, options);
    }

    /** @param most the largest number of members at a time; the job starts with {@code count} */
    ShardedJob(Job.Channel channel, int shards, int count, int most, Method method,
            UnaryOperator<AggregatorBuilder> options) {
        this.method = method;
        driver = channel == Job.Channel.IPC ? MediaDriverHost.launch((most + 2) * shards) : null;
        for (int shard = 0; shard < shards; shard++) {
            JobAddress own = driver == null ? JobAddress.udp("127.0.0.1", 0)
                    : JobAddress.ipc(driver.directory(), JOB + shard);
            List<RoundStatistics> statistics = new CopyOnWriteArrayList<>();
            rounds.add(statistics);
            aggregators.add(options.apply(Aggregator.builder(own, count, method)
                .shard(new Shard(shard, shards))
                .capacity(most)
                .jobSeed(Job.SEED)
                .joinTimeout(Job.PATIENCE)
                .onRound(statistics::add)).start());
        }
        address = JobAddress.of(aggregators.stream().map(Aggregator::address).toList());
    }

    Worker join(int index, int dimension) {
        return join(index, dimension, options -> options);
    }

    Worker join(int index, int dimension, UnaryOperator<WorkerBuilder> options) {
        Worker worker = options.apply(Worker.builder(address, dimension, method).index(index).joinTimeout(Job.PATIENCE))
            .join();
        workers.add(worker);
        return worker;
    }

    <T> Future<T> submit(Callable<T> task) {
        return threads.submit(task);
    }

    /** Runs all tasks concurrently, and waits for all. */
    <T> List<T> all(List<Callable<T>> tasks) throws Exception {
        return Job.all(threads, tasks);
    }

    /** Runs one round of all workers. */
    List<Job.Exchanged> exchange(List<float[]> updates) throws Exception {
        List<Callable<Job.Exchanged>> tasks = new ArrayList<>();
        for (int i = 0; i < workers.size(); i++) {
            Worker worker = workers.get(i);
            float[] update = updates.get(i);
            tasks.add(() -> Job.exchange(worker, update, 1));
        }
        return all(tasks);
    }

    /** Lets all workers share a model, each its own; the first one's becomes that of all. */
    void share(List<float[]> models) throws Exception {
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < workers.size(); i++) {
            Worker worker = workers.get(i);
            float[] model = models.get(i);
            tasks.add(() -> {
                worker.shareModel(MemorySegment.ofArray(model));
                return null;
            });
        }
        all(tasks);
    }

    void close(Worker worker) {
        workers.remove(worker);
        worker.close();
    }

    @Override
    public void close() {
        List<Future<?>> closing = new ArrayList<>();
        workers.forEach(worker -> closing.add(threads.submit(worker::close)));
        for (Future<?> future : closing) {
            try {
                future.get(30, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new AssertionError("a worker does not close", e);
            }
        }
        aggregators.forEach(Aggregator::close);
        if (driver != null) {
            driver.close();
        }
        threads.shutdownNow();
    }
}
