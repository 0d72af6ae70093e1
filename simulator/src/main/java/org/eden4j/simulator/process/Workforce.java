package org.eden4j.simulator.process;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntConsumer;

/** The workers of a job by number: whose processes run, who is prepared, who has joined, and what they have said. */
final class Workforce {
    /** Workers whose processes run. */
    private final Map<Integer, Crew.Post> posts = new TreeMap<>();
    /** Those of them that have joined, or joined again. */
    private final Map<Integer, Member> joined = new TreeMap<>();
    /** Those that could join: their processes run, their code is warm. */
    private final Set<Integer> prepared = new TreeSet<>();
    /** Workers whose processes took the places of members that were lost, and have not joined yet. */
    private final Set<Integer> replacements = new TreeSet<>();
    private final Map<Integer, List<JsonNode>> events = new HashMap<>();
    private Runnable onProgress = () -> {};
    private IntConsumer onReplaced = _ -> {};

    void add(int worker, Crew.Post post) {
        posts.put(worker, post);
        events.put(worker, new ArrayList<>());
    }

    /** Numbers of the workers whose processes run. */
    Set<Integer> numbers() {
        return posts.keySet();
    }

    /** Numbers of the workers that could join. */
    Set<Integer> prepared() {
        return prepared;
    }

    Map<Integer, Member> joined() {
        return joined;
    }

    /** Returns whether this process is still the one that has joined as this worker. */
    boolean isJoined(int worker, Member member) {
        return member != null && joined.get(worker) == member;
    }

    /** Sends a command to every worker whose process runs. */
    void send(String command) {
        posts.values().forEach(post -> post.holder().send(command));
    }

    /** Sends the last command to every worker that has joined, and ends the processes of the others. */
    void finish(String lastCommand) {
        posts.forEach((worker, post) -> {
            Member member = post.holder();
            if (isJoined(worker, member)) {
                member.send(lastCommand);
            } else {
                member.end(Duration.ZERO);
            }
        });
    }

    /** Sends a command to one worker; nothing happens if it is not joined. */
    void send(int worker, String command) {
        Member member = joined.get(worker);
        if (member != null) {
            member.send(command);
        }
    }

    /** Returns the message of a worker, or null. */
    JsonNode take(int worker, String event) {
        List<JsonNode> said = events.get(worker);
        for (JsonNode one : said) {
            if (one.path(Events.NAME).asText().equals(event)) {
                said.remove(one);
                return one;
            }
        }
        return null;
    }

    /**
     * Takes an event of every worker that was asked and is still joined.
     *
     * @param collected receives what was said
     * @return workers that have not said it yet
     */
    Set<Integer> take(Map<Integer, Member> asked, String event, Map<Integer, JsonNode> collected) {
        Set<Integer> awaited = new TreeSet<>();
        asked.forEach((worker, member) -> {
            if (collected.containsKey(worker) || !isJoined(worker, member)) {
                return;
            }
            JsonNode said = take(worker, event);
            if (said != null) {
                collected.put(worker, said);
            } else {
                awaited.add(worker);
            }
        });
        return awaited;
    }

    /** Takes what workers have said when they had joined. */
    void takeJoined(Map<Integer, JsonNode> answers) {
        for (int worker : numbers()) {
            JsonNode said = take(worker, Joining.JOINED);
            if (said != null) {
                answers.put(worker, said);
            }
        }
    }

    /** Keeps what a worker says, or calls back. */
    void handle(int worker, Event event) {
        switch (event.name()) {
            case Events.PROGRESS -> onProgress.run();
            case Joining.PREPARED -> prepared.add(worker);
            case Joining.JOINED -> {
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

    /** Calls this at every {@link Events#PROGRESS} of any worker. */
    void onProgress(Runnable step) {
        onProgress = step;
    }

    /** Calls this with the number of a worker that has joined in place of a lost one. */
    void onReplaced(IntConsumer replaced) {
        onReplaced = replaced;
    }

    /** A worker's process has ended; whether it had joined. */
    boolean ended(int worker) {
        prepared.remove(worker);
        events.get(worker).clear();
        return joined.remove(worker) != null;
    }

    /** Another process takes the place of a member that was lost. */
    void replaced(int worker) {
        replacements.add(worker);
    }

    /** A worker is left behind. */
    void remove(int worker) {
        posts.remove(worker);
    }
}
