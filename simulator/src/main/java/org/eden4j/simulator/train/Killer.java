package org.eden4j.simulator.train;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.eden4j.simulator.process.Job;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends processes of a job by force, one every so often; which one follows from the seed. */
final class Killer {
    private static final Logger LOG = LoggerFactory.getLogger(Killer.class);

    /** The roles whose processes can be killed. */
    enum Role {
        worker, aggregator, driver
    }

    private final Job job;
    private final List<Role> roles;
    private final long everyNs;
    private final Random random;
    private long lastNs = System.nanoTime();
    private int kills;

    Killer(Job job, Set<Role> roles, Duration every, long seed) {
        this.job = job;
        this.roles = roles.stream().sorted().toList();
        everyNs = every.toNanos();
        random = new Random(seed);
    }

    /** Kills if it is time to. */
    void tick() {
        if (roles.isEmpty() || System.nanoTime() - lastNs < everyNs) {
            return;
        }
        lastNs = System.nanoTime();
        String role = roles.get(random.nextInt(roles.size())).name();
        List<Map<String, Object>> candidates = job.processes()
            .stream()
            .filter(process -> process.get("role").equals(role))
            .toList();
        if (!candidates.isEmpty()) {
            long pid = (Long) candidates.get(random.nextInt(candidates.size())).get("pid");
            LOG.info("{} with pid {} is killed", role, pid);
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            kills++;
        }
    }

    int kills() {
        return kills;
    }
}
