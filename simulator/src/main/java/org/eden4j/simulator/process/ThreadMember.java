package org.eden4j.simulator.process;

import java.time.Duration;
import java.util.function.Consumer;
import org.eden4j.simulator.output.Json;
import org.eden4j.simulator.output.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A member in a thread of this process: the same role, without a process's start. */
final class ThreadMember implements Member {
    private static final Logger LOG = LoggerFactory.getLogger(ThreadMember.class);

    private final String name;
    private final Commands commands = new Commands();
    private final Consumer<Event> listener;
    private final Thread thread;
    private volatile boolean dismissed;

    private ThreadMember(String name, RoleSettings settings, Consumer<Event> listener) {
        this.name = name;
        this.listener = listener;
        thread = Thread.ofPlatform().daemon().name(name).unstarted(() -> run(settings.role()));
    }

    static ThreadMember start(String name, RoleSettings settings, Consumer<Event> listener) {
        ThreadMember member = new ThreadMember(name, settings, listener);
        member.thread.start();
        return member;
    }

    private void run(Role role) {
        try {
            role.run(commands, this::emit);
        } catch (InterruptedException e) {
            LOG.debug("{} was interrupted", name);
        } catch (Exception e) {
            if (dismissed) {
                LOG.debug("{} failed after it was dismissed", name, e);
            } else {
                emit(ChildMain.failure(e));
            }
        } finally {
            listener.accept(new Event(this, null));
        }
    }

    private void emit(Row event) {
        listener.accept(new Event(this, Json.parse(Json.line(event.fields()))));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long pid() {
        return ProcessHandle.current().pid();
    }

    @Override
    public void send(String line) {
        commands.put(line);
    }

    @Override
    public boolean interrupted() {
        return false;
    }

    @Override
    public String lastWords() {
        return "its thread is " + thread.getState();
    }

    @Override
    public void dismiss() {
        dismissed = true;
        commands.end();
    }

    @Override
    public void end(Duration limit) {
        try {
            if (thread.join(limit)) {
                return;
            }
            thread.interrupt();
            if (!thread.join(limit)) {
                LOG.warn("the thread of {} does not end", name);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
