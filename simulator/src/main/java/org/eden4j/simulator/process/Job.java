package org.eden4j.simulator.process;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An aggregator and its workers, from start to end. A worker whose process ends without a word is left behind and the others go
 * on; a member that says why it failed, or an aggregator that ends, fails the job.
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
    private static final Duration STARTING = Duration.ofSeconds(60);
    private static final Duration STARTING_A_PROCESS = Duration.ofSeconds(8);
    private static final Duration TICK = Duration.ofMillis(500);
    private static final Duration LEAVING = Duration.ofSeconds(20);

    private final Meeting meeting;
    private final Team team;
    private final Member aggregator;
    /** Workers whose processes run, by number. */
    private final Map<Integer, Member> workers = new TreeMap<>();
    private final List<Map<String, Object>> processes = new ArrayList<>();
    private final Map<Long, JsonNode> statistics = new TreeMap<>();
    private final Map<Integer, List<JsonNode>> events = new HashMap<>();
    private Runnable onProgress = () -> {};
    private String address;
    private final Duration starting;
    private Duration joining = Duration.ZERO;
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
        try {
            AggregatorSettings collecting = new AggregatorSettings(meeting.address().toString(), dimension,
                    settings.workers(), settings.method().text(), settings.downlink().text(),
                    settings.deadline().toMillis(), settings.quorum(), settings.seed(), settings.mtu(),
                    starting.plus(JOINING).toMillis(), settings.loss().probability(),
                    settings.loss().unreliable());
            aggregator = team.start(AGGREGATOR, collecting);
            processes.add(process(AGGREGATOR, -1, aggregator));
            for (int index = 0; index < settings.workers(); index++) {
                Member member = team.start("worker " + index, worker.apply(index));
                workers.put(index, member);
                events.put(index, new ArrayList<>());
                processes.add(process("worker", index, member));
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static Map<String, Object> process(String role, int index, Member member) {
        Map<String, Object> process = new LinkedHashMap<>();
        process.put("role", role);
        if (index >= 0) {
            process.put("index", index);
        }
        process.put("pid", member.pid());
        return process;
    }

    /** Role, index and pid of every member, as the first line of a command shows them. */
    public List<Map<String, Object>> processes() {
        return List.copyOf(processes);
    }

    /** The same as a sentence. */
    public String processesSentence() {
        StringBuilder sentence = new StringBuilder();
        for (Map<String, Object> process : processes) {
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

    /** Numbers of the workers that run. */
    public List<Integer> running() {
        return List.copyOf(workers.keySet());
    }

    /**
     * Waits until the aggregator listens and every worker has joined.
     *
     * @return what each worker said when it had joined
     */
    public Map<Integer, JsonNode> connect() throws InterruptedException {
        int wanted = workers.size();
        long end = System.nanoTime() + starting.toNanos();
        while (address == null) {
            step(end, AGGREGATOR + " does not listen");
        }
        collect(PREPARED, starting);
        long begin = System.nanoTime();
        tell(JOIN + " " + address);
        Map<Integer, JsonNode> joined = collect(JOINED, JOINING);
        joining = Duration.ofNanos(System.nanoTime() - begin);
        if (joined.size() < wanted) {
            throw new JobFailedException("only workers " + joined.keySet() + " of " + wanted + " have joined");
        }
        return joined;
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

    /** Sends a command to every worker that runs. */
    public void tell(String command) {
        workers.values().forEach(member -> member.send(command));
    }

    /** Sends a command to one worker; nothing happens if it has ended. */
    public void tell(int worker, String command) {
        Member member = workers.get(worker);
        if (member != null) {
            member.send(command);
        }
    }

    /**
     * Waits for one event from every worker that runs.
     *
     * @return the event of each worker that was still there to say it
     * @throws JobFailedException if a member failed, or did not answer in time
     */
    public Map<Integer, JsonNode> collect(String event, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        Map<Integer, JsonNode> collected = new TreeMap<>();
        while (!collected.keySet().containsAll(workers.keySet())) {
            boolean news = false;
            for (int worker : events.keySet()) {
                JsonNode said = collected.containsKey(worker) ? null : take(worker, event);
                if (said != null) {
                    collected.put(worker, said);
                    news = true;
                }
            }
            if (!news) {
                TreeSet<Integer> silent = new TreeSet<>(workers.keySet());
                silent.removeAll(collected.keySet());
                step(end, "no '" + event + "' from workers " + silent + " within " + limit.toSeconds() + " s");
            }
        }
        if (collected.isEmpty()) {
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
        while (true) {
            JsonNode said = take(worker, event);
            if (said != null || !workers.containsKey(worker)) {
                return said;
            }
            step(end, "no '" + event + "' from worker " + worker + " within " + limit.toSeconds() + " s");
        }
    }

    private JsonNode take(int worker, String event) {
        List<JsonNode> said = events.get(worker);
        for (JsonNode one : said) {
            if (one.path(Events.NAME).asText().equals(event)) {
                said.remove(one);
                return one;
            }
        }
        return null;
    }

    /** Waits for the aggregator's account of a round. */
    public JsonNode statistics(long round, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (!statistics.containsKey(round)) {
            step(end, "the aggregator does not report round " + round);
        }
        return statistics.get(round);
    }

    /** The sum of a counter of the aggregator over all rounds so far. */
    public long total(String counter) {
        return statistics.values().stream().mapToLong(round -> round.path(counter).asLong()).sum();
    }

    /** Sends the last command to every worker and waits until all members have ended by themselves. */
    public void finish(String lastCommand) throws InterruptedException {
        leaving = true;
        tell(lastCommand);
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
        if (event.name().equals(Events.FAILED)) {
            throw new JobFailedException(member.name() + ": " + event.fields().path("message").asText());
        }
        if (member == aggregator) {
            aggregatorSaid(event);
            return;
        }
        int worker = workers.entrySet()
            .stream()
            .filter(entry -> entry.getValue() == member)
            .mapToInt(Map.Entry::getKey)
            .findFirst()
            .orElseThrow();
        if (event.name().equals(Events.PROGRESS)) {
            onProgress.run();
            return;
        }
        if (!event.ended()) {
            events.get(worker).add(event.fields());
            return;
        }
        workers.remove(worker);
        if (!leaving && !member.interrupted() && !team.endsWithProcess()) {
            LOG.warn("worker {} (pid {}) has ended, the others go on: {}", worker, member.pid(), member.lastWords());
        }
    }

    private void aggregatorSaid(Event event) {
        switch (event.name()) {
            case AggregatorSettings.LISTENING -> address = event.fields().path("address").asText();
            case AggregatorSettings.STATISTICS -> statistics.put(event.fields().path("round").asLong(), event.fields());
            default -> {
                aggregatorEnded = true;
                if (!leaving) {
                    throw new JobFailedException(
                            aggregator.interrupted() ? "interrupted"
                                    : "the aggregator has ended: " + aggregator.lastWords());
                }
            }
        }
    }

    @Override
    public void close() {
        team.close();
        meeting.close();
    }
}
