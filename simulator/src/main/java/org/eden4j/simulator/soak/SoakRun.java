package org.eden4j.simulator.soak;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.eden4j.simulator.mean.FreeRun;
import org.eden4j.simulator.process.JobSettings;

/**
 * Controls one soak run: an incident, then the rounds that show that all workers have recovered, then some rounds
 * without incidents. The seed determines the incident, the member and the time.
 */
final class SoakRun {
    /** Time limit for every member's next round after an incident has ended. */
    private static final Duration HEALING = Duration.ofSeconds(60);
    /** Time after which all events sent before an incident have been received. */
    private static final Duration SETTLING = Duration.ofMillis(500);
    private static final Duration TICK = Duration.ofMillis(20);
    private static final int LEAST_PEACE = 20;
    private static final int MOST_PEACE = 120;
    private static final long REPORT_ROUNDS = 500;
    /** A process that grows by more than this from its second report to its last has a leak. */
    private static final long LEAK_KB = 100_000;

    private final FreeRun run;
    private final JobSettings settings;
    private final long rounds;
    private final List<Incident> kinds;
    private final long seed;
    private final PrintWriter out;
    private final Random random;
    private final long startNs = System.nanoTime();
    private final Map<Integer, Long> lastRounds = new HashMap<>();
    private final Set<Integer> finished = new TreeSet<>();
    private final Map<Incident, Integer> incidents = new EnumMap<>(Incident.class);
    private final Set<Long> pids = new HashSet<>();
    private final Map<Long, Long> firstResident = new HashMap<>();
    private final Map<Long, Long> lastResident = new HashMap<>();
    private long nextReport;
    private long longestHealingMs;
    /** Rounds whose mean no worker has, each reported once. */
    private final Set<Long> missed = new HashSet<>();

    SoakRun(FreeRun run, JobSettings settings, long rounds, List<Incident> kinds, long seed, PrintWriter out) {
        this.run = run;
        this.settings = settings;
        this.rounds = rounds;
        this.kinds = kinds;
        this.seed = seed;
        this.out = out;
        random = new Random(seed);
    }

    /** Runs the job; returns whether it succeeded. */
    boolean call() throws InterruptedException {
        print("seed %d: %d rounds of %d workers over %s, method %s", seed, rounds, settings.workers(),
                settings.channel(), settings.method().text());
        run.start();
        while (finished.size() < settings.workers()) {
            peace();
            if (run.judge().furthest() < rounds - MOST_PEACE) {
                incident();
            } else {
                listen();
            }
        }
        report();
        run.finish();
        return verdict();
    }

    private void peace() throws InterruptedException {
        long until = run.judge().furthest() + LEAST_PEACE + random.nextInt(MOST_PEACE - LEAST_PEACE);
        while (run.judge().furthest() < Math.min(until, rounds - 1) && finished.size() < settings.workers()) {
            listen();
        }
    }

    private void listen() throws InterruptedException {
        run.listen(TICK);
        pids.addAll(run.job().pids());
        for (int worker = 0; worker < settings.workers(); worker++) {
            for (JsonNode said = run.next(worker); said != null; said = run.next(worker)) {
                String fault = run.judge().judge(worker, said);
                if (!fault.isEmpty()) {
                    print("WRONG: %s", fault);
                }
                if (!said.path("resynchronised").asBoolean()) {
                    lastRounds.put(worker, said.path("round").asLong());
                }
            }
            if (run.hasFinished(worker)) {
                finished.add(worker);
            }
        }
        if (run.judge().furthest() >= nextReport) {
            report();
            nextReport += REPORT_ROUNDS;
        }
    }

    private void incident() throws InterruptedException {
        Incident incident = kinds.get(random.nextInt(kinds.size()));
        int worker = random.nextInt(settings.workers());
        incidents.merge(incident, 1, Integer::sum);
        long before = run.judge().furthest();
        long beginNs = System.nanoTime();
        String victim = switch (incident) {
            case KILL_WORKER -> killWorker(worker);
            case STOP_WORKER -> {
                long lengthMs = stop(pidOf(worker));
                lastRounds.remove(worker);
                yield "worker " + worker + " for " + lengthMs + " ms";
            }
            case LEAVE -> {
                run.dismiss(worker);
                yield "worker " + worker;
            }
            case KILL_AGGREGATOR -> "pid " + kill(any("aggregator"));
            case STOP_AGGREGATOR -> {
                long pid = any("aggregator");
                yield "pid " + pid + " for " + stop(pid) + " ms";
            }
            case KILL_WORKER_AND_AGGREGATOR -> killWorker(worker) + ", aggregator's pid " + kill(any("aggregator"));
            case KILL_DRIVER -> "pid " + kill(any("driver"));
        };
        listenFor(SETTLING);
        long healedMs = heal(run.judge().furthest());
        longestHealingMs = Math.max(longestHealingMs, healedMs);
        print("after round %d %s (%s): all workers have another round after %d ms, the furthest %d", before, incident,
                victim, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beginNs), run.judge().furthest());
        List<Long> missing = run.judge().missing().stream().filter(missed::add).toList();
        if (!missing.isEmpty()) {
            print("nobody has said the mean of rounds %s yet", missing);
        }
    }

    /** Waits until every worker has finished a round that begins after this call. */
    private long heal(long before) throws InterruptedException {
        long beginNs = System.nanoTime();
        Set<Integer> waiting = new TreeSet<>();
        for (int worker = 0; worker < settings.workers(); worker++) {
            waiting.add(worker);
        }
        long target = Math.min(before + 2, rounds - 1);
        while (!waiting.isEmpty()) {
            listen();
            waiting.removeIf(worker -> finished.contains(worker) || lastRounds.getOrDefault(worker, -1L) >= target
                    && run.job().joined().containsKey(worker));
            if (System.nanoTime() - beginNs > HEALING.toNanos()) {
                throw new IllegalStateException("workers " + waiting + " have no round after " + HEALING.toSeconds()
                        + " s; the furthest is " + run.judge().furthest());
            }
        }
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beginNs);
    }

    private String killWorker(int worker) {
        lastRounds.remove(worker);
        return "worker " + worker + ", pid " + kill(pidOf(worker));
    }

    private static long kill(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        return pid;
    }

    /** Stops a process for up to 10 s; returns for how long, in milliseconds. */
    private long stop(long pid) throws InterruptedException {
        long lengthMs = 500 + random.nextInt(9500);
        signal("STOP", pid);
        listenFor(Duration.ofMillis(lengthMs));
        signal("CONT", pid);
        return lengthMs;
    }

    private void listenFor(Duration time) throws InterruptedException {
        long endNs = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - endNs < 0) {
            listen();
        }
    }

    private static void signal(String name, long pid) throws InterruptedException {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(pid)).inheritIO().start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException("no signal can be sent: " + e.getMessage(), e);
        }
    }

    private long pidOf(int worker) {
        return pids(process -> Integer.valueOf(worker).equals(process.get("index"))).getFirst();
    }

    /** Returns one of the processes with this role. */
    private long any(String role) {
        List<Long> candidates = pids(process -> process.get("role").equals(role));
        return candidates.get(candidates.size() == 1 ? 0 : random.nextInt(candidates.size()));
    }

    private List<Long> pids(Predicate<Map<String, Object>> wanted) {
        return run.job().processes().stream().filter(wanted).map(process -> (Long) process.get("pid")).toList();
    }

    private void report() {
        StringBuilder line = new StringBuilder();
        for (Map<String, Object> process : run.job().processes()) {
            long pid = (Long) process.get("pid");
            long resident = Footprint.residentKb(pid);
            if (lastResident.containsKey(pid)) {
                firstResident.putIfAbsent(pid, resident);
            }
            lastResident.put(pid, resident);
            line.append(String.format(Locale.ROOT, " %s%s %d MB/%d files", process.get("role"),
                    process.containsKey("index") ? " " + process.get("index") : "", resident / 1024,
                    Footprint.openFiles(pid)));
        }
        print("round %d after %d s, %d replaced processes, driver directories %d:%s", run.judge().furthest(),
                TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNs), run.job().restarted(),
                Footprint.driverDirectories(withThis()), line);
    }

    private Set<Long> withThis() {
        Set<Long> all = new HashSet<>(pids);
        all.add(ProcessHandle.current().pid());
        return all;
    }

    private boolean verdict() {
        run.close();
        List<Long> stuck = pids.stream()
            .filter(pid -> ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false))
            .toList();
        long directories = Footprint.driverDirectories(withThis());
        long growth = firstResident.entrySet()
            .stream()
            .mapToLong(first -> lastResident.get(first.getKey()) - first.getValue())
            .max()
            .orElse(0);
        boolean good = run.judge().rounds() == rounds && run.judge().wrong() == 0 && stuck.isEmpty() && directories == 0
                && growth < LEAK_KB;
        print("incidents %s, longest healing %d ms", incidents, longestHealingMs);
        print("rounds %d of %d, nobody has the mean of %s, wrong %d, tried again %d, counted in part %d",
                run.judge().rounds(), rounds,
                run.judge().missing(), run.judge().wrong(), run.judge().retried(), run.judge().partial());
        print("processes left %s, driver directories left %d, largest growth of a process %d MB", stuck, directories,
                growth / 1024);
        print("%s after %d s", good ? "GOOD" : "BAD", TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNs));
        return good;
    }

    private void print(String format, Object... arguments) {
        out.println(String.format(Locale.ROOT, format, arguments));
        out.flush();
    }
}
