package org.eden4j.simulator.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The members of one run and their events, in one queue. Closing it ends all of them, and so does the end of this process:
 * by a shutdown hook, and where that cannot run because their standard input ends.
 */
final class Team implements AutoCloseable {
    private static final Duration ENDING = Duration.ofSeconds(8);

    private final RunDirectory directory = new RunDirectory();
    private final boolean threads;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final List<Member> members = new ArrayList<>();
    private final Thread hook = new Thread(this::endWithProcess, "end of the team");
    private volatile boolean hooked;

    /** @param threads whether members are threads of this process */
    Team(boolean threads) {
        this.threads = threads;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    <S extends Record & RoleSettings> Member start(String name, S settings) {
        Member member = threads
                ? ThreadMember.start(name, settings, events::add)
                : ProcessMember.start(name, settings, directory.path(), events::add);
        synchronized (members) {
            members.add(member);
        }
        return member;
    }

    /** Returns the directory of logs and of files that members exchange; deleted at the end. */
    Path directory() {
        return directory.path();
    }

    /**
     * Waits for the next event of anyone; null if there is none in time. Does not return once this process is ending: what members
     * say then is of their own end.
     */
    Event next(Duration limit) throws InterruptedException {
        if (hooked) {
            new CountDownLatch(1).await();
        }
        return events.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Returns whether this process is ending, and the team with it. */
    boolean endsWithProcess() {
        return hooked;
    }

    private void endWithProcess() {
        hooked = true;
        end();
    }

    private void end() {
        List<Member> all;
        synchronized (members) {
            all = List.copyOf(members);
        }
        all.forEach(Member::dismiss);
        all.forEach(member -> member.end(ENDING));
        directory.close();
    }

    @Override
    public void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // this process is ending and runs the hook by itself: there is nothing to take back
            assert e.getMessage() != null;
        }
    }
}
