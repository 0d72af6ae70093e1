package org.eden4j.simulator.process;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An aggregator, its workers and over IPC their media driver, from start to end. A process that ends without a word is
 * replaced, as often as the settings say; then a lost worker is left behind and the others go on, and the job fails
 * without an aggregator. A member that says why it failed fails the job.
 *
 * <p>Used by one thread.
 */
public final class Job implements AutoCloseable {
    /** The command that takes a worker to the aggregator, followed by its address. */
    public static final String JOIN = "join";
    /** The event of a worker that has joined. */
    public static final String JOINED = "joined";
    /** The event of a worker that could join now: its JVM runs, its code is warm. */
    public static final String PREPARED = "prepared";
    /** How long members that are prepared may take to find each other. */
    public static final Duration JOINING = Duration.ofSeconds(60);

    private static final Logger LOG = LoggerFactory.getLogger(Job.class);
    private static final String AGGREGATOR = "aggregator";
    private static final String WORKER = "worker";
    private static final String DRIVER = "driver";
    private static final Duration STARTING = Duration.ofSeconds(60);
    private static final Duration STARTING_A_PROCESS = Duration.ofSeconds(8);
    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration LEAVING = Duration.ofSeconds(20);

    private final Meeting meeting;
    private final Team team;
    private final Crew crew;
    private final Crew.Post aggregator;
    /** Workers whose processes run, by number. */
    private final Map<Integer, Crew.Post> workers = new TreeMap<>();
    /** Those of them that have joined, or joined again. */
    private final Map<Integer, Member> joined = new TreeMap<>();
    private final Map<Long, JsonNode> statistics = new TreeMap<>();
    private final Map<Integer, List<JsonNode>> events = new HashMap<>();
    /** Those that could join: their processes run, their code is warm. */
    private final Set<Integer> prepared = new TreeSet<>();
    /** Workers whose processes took the places of members that were lost, and have not joined yet. */
    private final Set<Integer> replacements = new TreeSet<>();
    private Runnable onProgress = () -> {};
    private IntConsumer onReplaced = _ -> {};
    private String address;
    private final Duration starting;
    private Duration joining = Duration.ZERO;
    private boolean listening;
    /** Whether workers were told to join. */
    private boolean connected;
    private boolean leaving;
    private boolean aggregatorEnded;

    /**
     * Starts all members; {@link #connect} brings them together.
     *
     * @param dimension coordinates of an update
     * @param worker the settings of the worker of this number
     */
    public <S extends Record & RoleSettings> Job(
            JobSettings settings, int dimension, IntFunction<S> worker) {
        starting = starting(settings);
        meeting = Meeting.of(settings);
        team = new Team(settings.threads());
        crew = new Crew(settings.threads() ? 0 : settings.restarts());
        address = meeting.address().toString();
        try {
            String directory = meeting.directoryToServe();
            aggregator = crew.add(AGGREGATOR, -1, () -> team.start(AGGREGATOR, collecting(settings, dimension)));
            for (int index = 0; index < settings.workers(); index++) {
                int number = index;
                workers.put(index, crew.add(WORKER, index,
                        () -> team.start(WORKER + " " + number, worker.apply(number))));
                events.put(index, new ArrayList<>());
            }
            if (directory != null) {
                crew.add(DRIVER, -1, () -> team.start(DRIVER, new DriverSettings(directory, settings.workers())));
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** An aggregator that takes another's place listens where that one did. */
    private AggregatorSettings collecting(JobSettings settings, int dimension) {
        return new AggregatorSettings(address, dimension, settings.workers(), settings.method().text(),
                settings.downlink().text(), settings.deadline().toMillis(), settings.quorum(), settings.attempts(),
                settings.seed(),
                settings.mtu(), starting.plus(JOINING).toMillis(), settings.loss().probability(),
                settings.loss().unreliable());
    }

    /** Role, index and pid of every member, as the first line of a command shows them. */
    public List<Map<String, Object>> processes() {
        return crew.processes();
    }

    /** The same as a sentence. */
    public String processesSentence() {
        StringBuilder sentence = new StringBuilder();
        for (Map<String, Object> process : processes()) {
            sentence.append(sentence.isEmpty() ? "processes: " : ", ").append(process.get("role"));
            if (process.containsKey("index")) {
                sentence.append(' ').append(process.get("index"));
            }
            sentence.append(" (pid ").append(process.get("pid")).append(')');
        }
        return sentence.toString();
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
        int wanted = workers.size();
        long end = System.nanoTime() + starting.toNanos();
        while (!listening) {
            step(end, AGGREGATOR + " does not listen");
        }
        while (!prepared.containsAll(workers.keySet())) {
            step(end, "only workers " + prepared + " of " + wanted + " are prepared to join");
        }
        long begin = System.nanoTime();
        connected = true;
        workers.values().forEach(post -> post.holder().send(JOIN + " " + address));
        end = begin + JOINING.toNanos();
        Map<Integer, JsonNode> said = new TreeMap<>();
        while (said.size() < wanted) {
            for (int worker : workers.keySet()) {
                JsonNode event = take(worker, JOINED);
                if (event != null) {
                    said.put(worker, event);
                }
            }
            if (said.size() < wanted) {
                step(end, "only workers " + said.keySet() + " of " + wanted + " have joined");
            }
            if (workers.size() < wanted) {
                throw new JobFailedException("only workers " + workers.keySet() + " of " + wanted + " are left");
            }
        }
        joining = Duration.ofNanos(System.nanoTime() - begin);
        return said;
    }

    /** How long it took all workers to join, once all were prepared to. */
    public Duration joining() {
        return joining;
    }

    /** How long members may take to start: a JVM and its first compilations cost seconds of a processor's time. */
    private static Duration starting(JobSettings settings) {
        int processes = settings.threads() ? 1 : settings.workers() + 1;
        return STARTING
            .plus(STARTING_A_PROCESS.multipliedBy(processes / Runtime.getRuntime().availableProcessors()));
    }

    /** Calls this at every {@link Events#PROGRESS} of any worker, while the job is waited for. */
    public void onProgress(Runnable step) {
        onProgress = step;
    }

    /** Calls this with the number of a worker that has joined in place of a lost one. */
    public void onReplaced(IntConsumer replaced) {
        onReplaced = replaced;
    }

    /** Workers that have joined and run. */
    public Map<Integer, Member> joined() {
        return Map.copyOf(joined);
    }

    /** Numbers of the workers whose processes run, joined or not. */
    public Set<Integer> workers() {
        return Set.copyOf(workers.keySet());
    }

    /** Sends a command to every worker that runs. */
    public void tell(String command) {
        tell(joined, command);
    }

    /** Sends a command to some workers. */
    public void tell(Map<Integer, Member> asked, String command) {
        asked.values().forEach(member -> member.send(command));
    }

    /** Sends a command to one worker; nothing happens if it has ended. */
    public void tell(int worker, String command) {
        Member member = joined.get(worker);
        if (member != null) {
            member.send(command);
        }
    }

    /** Sends a worker its last command, and has another take its place. */
    public void replace(int worker, String lastCommand) {
        tell(worker, lastCommand);
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
            Set<Integer> awaited = new TreeSet<>();
            for (Map.Entry<Integer, Member> one : asked.entrySet()) {
                int worker = one.getKey();
                JsonNode said = collected.containsKey(worker) || joined.get(worker) != one.getValue() ? null
                        : take(worker, event);
                if (said != null) {
                    collected.put(worker, said);
                    first = first == 0 ? System.nanoTime() : first;
                } else if (!collected.containsKey(worker) && joined.get(worker) == one.getValue()) {
                    awaited.add(worker);
                }
            }
            if (awaited.isEmpty() || first != 0 && enough.test(collected,
                    Duration.ofNanos(System.nanoTime() - first))) {
                break;
            }
            step(end, "no '" + event + "' from workers " + awaited + " within " + limit.toSeconds() + " s");
        }
        if (collected.isEmpty() && workers.isEmpty()) {
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
        Member member = joined.get(worker);
        while (true) {
            JsonNode said = take(worker, event);
            if (said != null || member == null || joined.get(worker) != member) {
                return said;
            }
            step(end, "no '" + event + "' from worker " + worker + " within " + limit.toSeconds() + " s");
        }
    }

    /** What a worker has said; null if it has not. */
    public JsonNode take(int worker, String event) {
        List<JsonNode> said = events.get(worker);
        for (JsonNode one : said) {
            if (one.path(Events.NAME).asText().equals(event)) {
                said.remove(one);
                return one;
            }
        }
        return null;
    }

    /** Handles what members say for a moment. */
    public void listen(Duration moment) throws InterruptedException {
        Event event = team.next(moment);
        if (event != null) {
            handle(event);
        }
    }

    /** The aggregator's account of a round; an empty one if there is none in time: it was lost with its aggregator. */
    public JsonNode statistics(long round, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (!statistics.containsKey(round) && System.nanoTime() - end < 0) {
            listen(TICK);
        }
        return statistics.getOrDefault(round, MissingNode.getInstance());
    }

    /** The sum of a counter of the aggregator over all rounds so far. */
    public long total(String counter) {
        return statistics.values().stream().mapToLong(round -> round.path(counter).asLong()).sum();
    }

    /** Sends the last command to every worker and waits until all members have ended by themselves. */
    public void finish(String lastCommand) throws InterruptedException {
        leaving = true;
        workers.values().forEach(post -> post.holder().send(lastCommand));
        long end = System.nanoTime() + LEAVING.toNanos();
        while (!workers.isEmpty() || !aggregatorEnded) {
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
        Member member = event.member();
        Crew.Post post = crew.of(member);
        if (post == null) {
            return;
        }
        if (event.name().equals(Events.FAILED)) {
            throw new JobFailedException(member.name() + ": " + event.fields().path("message").asText());
        }
        if (event.ended()) {
            ended(post);
        } else if (post == aggregator) {
            aggregatorSaid(event);
        } else if (post.isWorker()) {
            workerSaid(post.index, event);
        }
    }

    private void workerSaid(int worker, Event event) {
        switch (event.name()) {
            case Events.PROGRESS -> onProgress.run();
            case PREPARED -> prepared.add(worker);
            case JOINED -> {
                joined.put(worker, event.member());
                if (replacements.remove(worker)) {
                    onReplaced.accept(worker);
                } else {
                    events.get(worker).add(event.fields());
                }
            }
            default -> events.get(worker).add(event.fields());
        }
    }

    private void aggregatorSaid(Event event) {
        switch (event.name()) {
            case AggregatorSettings.LISTENING -> {
                address = event.fields().path("address").asText();
                listening = true;
            }
            case AggregatorSettings.STATISTICS -> statistics.put(event.fields().path("round").asLong(), event.fields());
            default -> LOG.debug("the aggregator says {}", event.fields());
        }
    }

    private void ended(Crew.Post post) {
        Member lost = post.holder();
        boolean expected = leaving || lost.interrupted() || team.endsWithProcess();
        boolean member = post.isWorker() && joined.remove(post.index) != null;
        if (post.isWorker()) {
            prepared.remove(post.index);
            events.get(post.index).clear();
        }
        if (!expected && crew.refill(post)) {
            if (post.isWorker()) {
                if (member) {
                    replacements.add(post.index);
                }
                if (connected) {
                    post.holder().send(JOIN + " " + address);
                }
            }
            return;
        }
        post.vacate();
        if (post.isWorker()) {
            workers.remove(post.index);
            if (!expected) {
                LOG.warn("worker {} (pid {}) has ended, the others go on: {}", post.index, lost.pid(),
                        lost.lastWords());
            }
        } else if (post == aggregator) {
            aggregatorEnded = true;
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
