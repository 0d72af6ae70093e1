package org.eden4j.simulator.process;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.eden4j.transport.job.Shard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The posts of a job: who holds each now, and how often another may take it when its holder is lost. */
final class Crew {
    private static final Logger LOG = LoggerFactory.getLogger(Crew.class);

    /** A member's place in the job. */
    static final class Post {
        final String role;
        /** The worker's number, -1 for other roles. */
        final int index;
        /** The aggregator's shard of several, -1 for other roles and where there is one. */
        private final int shard;
        private final Supplier<Member> starter;
        private int restartsLeft;
        private Member holder;

        private Post(String role, int index, int shard, int restarts, Supplier<Member> starter) {
            this.role = role;
            this.index = index;
            this.shard = shard;
            this.starter = starter;
            restartsLeft = restarts;
            holder = starter.get();
        }

        /** Who has the post; null if nobody has. */
        Member holder() {
            return holder;
        }

        boolean isWorker() {
            return index >= 0;
        }

        void vacate() {
            holder = null;
        }
    }

    private final int restarts;
    private final List<Post> posts = new ArrayList<>();
    private int restarted;

    /** @param restarts how often each post may be filled again */
    Crew(int restarts) {
        this.restarts = restarts;
    }

    Post add(String role, int index, Supplier<Member> starter) {
        return add(new Post(role, index, -1, restarts, starter));
    }

    /** A post that several have, each for a shard. */
    Post addShard(String role, Shard shard, Supplier<Member> starter) {
        return add(new Post(role, -1, shard.isWhole() ? -1 : shard.index(), restarts, starter));
    }

    private Post add(Post post) {
        posts.add(post);
        return post;
    }

    /** The post that a member has; null if it has none any more. */
    Post of(Member member) {
        return posts.stream().filter(post -> post.holder == member).findFirst().orElse(null);
    }

    /** Fills a post whose holder is lost; whether that was possible. */
    boolean refill(Post post) {
        Member lost = post.holder;
        post.vacate();
        if (post.restartsLeft == 0) {
            return false;
        }
        post.restartsLeft--;
        restarted++;
        post.holder = post.starter.get();
        LOG.warn("{} (pid {}) was lost, pid {} takes its place: {}", lost.name(), lost.pid(), post.holder.pid(),
                lost.lastWords());
        return true;
    }

    /** How often posts were filled again. */
    int restarted() {
        return restarted;
    }

    /** Role, index and pid of every holder. */
    List<Map<String, Object>> processes() {
        return posts.stream().filter(post -> post.holder != null).map(post -> {
            Map<String, Object> process = new LinkedHashMap<>();
            process.put("role", post.role);
            if (post.isWorker()) {
                process.put("index", post.index);
            }
            if (post.shard >= 0) {
                process.put("shard", post.shard);
            }
            process.put("pid", post.holder.pid());
            return process;
        }).toList();
    }

    /** The same as a sentence. */
    String sentence() {
        StringBuilder sentence = new StringBuilder();
        for (Map<String, Object> process : processes()) {
            sentence.append(sentence.isEmpty() ? "processes: " : ", ").append(process.get("role"));
            Object number = process.getOrDefault("index", process.get("shard"));
            if (number != null) {
                sentence.append(' ').append(number);
            }
            sentence.append(" (pid ").append(process.get("pid")).append(')');
        }
        return sentence.toString();
    }
}
