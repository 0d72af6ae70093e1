package org.eden4j.simulator.process;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.eden4j.transport.job.Shard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Aggregators, one for each shard, their workers and over IPC their media driver, from start to end. A process that ends without a word is
 * replaced, as often as the settings say; then a lost worker is left behind and the others go on, and the job fails
 * without an aggregator. A member that says why it failed fails the job.
 *
 * <p>Used by one thread.
 */
public final class Job implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Job.class);
    private static final String AGGREGATOR = "aggregator";
    private static final String WORKER = "worker";
    private static final String DRIVER = "driver";
    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration LEAVING = Duration.ofSeconds(20);

    private final Meeting meeting;
    private final Team team;
    private final Crew crew;
    private final Workforce workforce = new Workforce();
    private final Aggregators aggregators;
    private final Duration starting;
    private Duration joining = Duration.ZERO;
    /** True once workers were told to join. */
    private boolean connected;
    private boolean leaving;

    /**
     * Starts all members; {@link #connect} brings them together.
     *
     * @param dimension coordinates of an update
     * @param worker the settings of the worker of this number
     */
    public <S extends Record & RoleSettings> Job(
            JobSettings settings, int dimension, IntFunction<S> worker) {
        starting = settings.starting();
        meeting = Meeting.of(settings);
        team = new Team(settings.threads());
        crew = new Crew(settings.threads() ? 0 : settings.restarts());
        aggregators = new Aggregators(meeting.shards(), settings.peers());
        try {
            String directory = meeting.directoryToServe();
            (settings.peers() ? List.<Shard>of() : aggregators.shards())
                .forEach(shard -> aggregators.add(crew.addShard(AGGREGATOR, shard,
                        () -> team.start(shard.isWhole() ? AGGREGATOR : AGGREGATOR + " " + shard.index(),
                                collecting(settings, shard, dimension)))));
            for (int index = 0; index < settings.workers(); index++) {
                int number = index;
                workforce.add(index, crew.add(WORKER, index,
                        () -> team.start(WORKER + " " + number, worker.apply(number))));
            }
            if (directory != null) {
                crew.add(DRIVER, -1, () -> team.start(DRIVER,
                        new DriverSettings(directory, settings.workers(), settings.shards())));
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** An aggregator that takes another's place listens where that one did. */
    private AggregatorSettings collecting(JobSettings settings, Shard shard, int dimension) {
        return AggregatorSettings.of(settings, shard, aggregators.address(shard.index()), dimension,
                starting.plus(Joining.LIMIT));
    }

    /** Role, index and pid of every member, as the first line of a command shows them. */
    public List<Map<String, Object>> processes() {
        return crew.processes();
    }

    /** The same as a sentence. */
    public String processesSentence() {
        return crew.sentence();
    }

    /** A temporary directory for what members hand to this process. */
    public Path directory() {
        return team.directory();
    }

    /** How often lost processes were replaced. */
    public int restarted() {
        return crew.restarted();
    }

    /**
     * Waits until the aggregator listens and every worker has joined.
     *
     * @return what each worker said when it had joined
     */
    public Map<Integer, JsonNode> connect() throws InterruptedException {
        int wanted = workforce.numbers().size();
        long end = System.nanoTime() + starting.toNanos();
        while (!aggregators.areListening()) {
            step(end, AGGREGATOR + " does not listen");
        }
        while (!workforce.prepared().containsAll(workforce.numbers())) {
            step(end, "only workers " + workforce.prepared() + " of " + wanted + " are prepared to join");
        }
        long begin = System.nanoTime();
        connected = true;
        workforce.send(Joining.JOIN + " " + aggregators.address());
        end = begin + Joining.LIMIT.toNanos();
        Map<Integer, JsonNode> answers = new TreeMap<>();
        while (answers.size() < wanted) {
            workforce.takeJoined(answers);
            if (answers.size() < wanted) {
                step(end, "only workers " + answers.keySet() + " of " + wanted + " have joined");
            }
            if (workforce.numbers().size() < wanted) {
                throw new JobFailedException("only workers " + workforce.numbers() + " of " + wanted + " are left");
            }
        }
        joining = Duration.ofNanos(System.nanoTime() - begin);
        return answers;
    }

    /** How long it took all workers to join, once all were prepared to. */
    public Duration joining() {
        return joining;
    }

    /** Calls this at every {@link Events#PROGRESS} of any worker, while the job is waited for. */
    public void onProgress(Runnable step) {
        workforce.onProgress(step);
    }

    /** Calls this with the number of a worker that has joined in place of a lost one. */
    public void onReplaced(IntConsumer replaced) {
        workforce.onReplaced(replaced);
    }

    /** Workers that have joined and run. */
    public Map<Integer, Member> joined() {
        return Map.copyOf(workforce.joined());
    }

    /** Numbers of the workers whose processes run, joined or not. */
    public Set<Integer> workers() {
        return Set.copyOf(workforce.numbers());
    }

    /** Sends a command to every worker that runs. */
    public void tell(String command) {
        tell(workforce.joined(), command);
    }

    /** Sends a command to some workers. */
    public void tell(Map<Integer, Member> asked, String command) {
        asked.values().forEach(member -> member.send(command));
    }

    /** Sends a command to one worker; nothing happens if it has ended. */
    public void tell(int worker, String command) {
        workforce.send(worker, command);
    }

    /** The process numbers of all members that run. */
    public List<Long> pids() {
        return processes().stream().map(process -> (Long) process.get("pid")).toList();
    }

    /**
     * Waits for one event from every worker that was asked and still runs.
     *
     * @param enough ends the wait early, given what was said and how long ago that began
     * @return the event of each worker that has said it
     * @throws JobFailedException if a member failed, or nobody answered in time
     */
    public Map<Integer, JsonNode> collect(Map<Integer, Member> asked, String event, Duration limit,
            BiPredicate<Map<Integer, JsonNode>, Duration> enough) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        long first = 0;
        Map<Integer, JsonNode> collected = new TreeMap<>();
        while (true) {
            Set<Integer> awaited = workforce.take(asked, event, collected);
            first = first == 0 && !collected.isEmpty() ? System.nanoTime() : first;
            if (awaited.isEmpty() || first != 0 && enough.test(collected,
                    Duration.ofNanos(System.nanoTime() - first))) {
                break;
            }
            step(end, "no '" + event + "' from workers " + awaited + " within " + limit.toSeconds() + " s");
        }
        if (collected.isEmpty() && workforce.numbers().isEmpty()) {
            throw new JobFailedException("every worker has ended");
        }
        return collected;
    }

    /**
     * Waits for one event from one worker.
     *
     * @return null if the worker ended first
     */
    public JsonNode await(int worker, String event, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        Member member = workforce.joined().get(worker);
        while (true) {
            JsonNode answer = take(worker, event);
            if (answer != null || !workforce.isJoined(worker, member)) {
                return answer;
            }
            step(end, "no '" + event + "' from worker " + worker + " within " + limit.toSeconds() + " s");
        }
    }

    /** Returns the message of a worker, or null. */
    public JsonNode take(int worker, String event) {
        return workforce.take(worker, event);
    }

    /** Handles what members say for a moment. */
    public void listen(Duration moment) throws InterruptedException {
        Event event = team.next(moment);
        if (event != null) {
            handle(event);
        }
    }

    /** The aggregators' account of a round; an empty one if there is none in time: it was lost with its aggregator. */
    public JsonNode statistics(long round, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (aggregators.statistics(round).isMissingNode() && System.nanoTime() - end < 0) {
            listen(TICK);
        }
        return aggregators.statistics(round);
    }

    /** The sum of a counter of the aggregators over all rounds so far. */
    public long total(String counter) {
        return aggregators.total(counter);
    }

    /** Sends the last command to every worker that has joined, ends the others, and waits until all members have ended. */
    public void finish(String lastCommand) throws InterruptedException {
        leaving = true;
        workforce.finish(lastCommand);
        long end = System.nanoTime() + LEAVING.toNanos();
        while (!workforce.numbers().isEmpty() || !aggregators.haveEnded()) {
            step(end, "members have not ended within " + LEAVING.toSeconds() + " s");
        }
    }

    /** Handles one event, or none for a moment. */
    private void step(long end, String complaint) throws InterruptedException {
        Event event = team.next(TICK);
        if (event != null) {
            handle(event);
        } else if (System.nanoTime() - end > 0) {
            throw new JobFailedException(complaint);
        }
    }

    private void handle(Event event) {
        Crew.Post post = crew.of(event.member());
        if (post == null) {
            return;
        }
        if (event.name().equals(Events.FAILED)) {
            throw new JobFailedException(event.member().name() + ": " + event.fields().path("message").asText());
        }
        if (event.ended()) {
            ended(post);
        } else if (!aggregators.handle(event) && post.isWorker()) {
            workforce.handle(post.index, event);
        }
    }

    private void ended(Crew.Post post) {
        Member lost = post.holder();
        boolean expected = leaving || lost.interrupted() || team.endsWithProcess();
        boolean member = post.isWorker() && workforce.ended(post.index);
        if (!expected && crew.refill(post)) {
            if (member) {
                workforce.replaced(post.index);
            }
            if (post.isWorker() && connected) {
                post.holder().send(Joining.JOIN + " " + aggregators.address());
            }
            return;
        }
        post.vacate();
        if (post.isWorker()) {
            workforce.remove(post.index);
            if (!expected) {
                LOG.warn("worker {} (pid {}) has ended, the others go on: {}", post.index, lost.pid(),
                        lost.lastWords());
            }
        } else {
            aggregators.ended(post);
        }
        if (!leaving && !post.isWorker()) {
            throw new JobFailedException(lost.interrupted() ? "interrupted"
                    : "the " + post.role + " has ended: " + lost.lastWords());
        }
    }

    @Override
    public void close() {
        team.close();
        meeting.close();
    }
}
