package org.eden4j.spark;

import java.io.Serializable;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.eden4j.compressor.container.CompressedGradient;

/**
 * The state that an executor keeps from one round to the next: the networks of workers that it has trained, with their updaters' states,
 * and the parameters that all have in common. It lives as a broadcast does: sent as the plan alone, filled by tasks, dropped when
 * the driver destroys it; what is lost is made again. Thread-safe.
 */
final class ReplicaStore implements Serializable {
    private static final long serialVersionUID = 1;

    private final NetworkPlan plan;
    private transient Map<Integer, Replica> replicas;
    private transient float[] common;
    private transient int commonRound;

    /**
     * The network of one worker.
     *
     * @param network whose parameters are of no use any more
     * @param round that it may take part in next
     */
    record Replica(Model network, int round) {}

    ReplicaStore(NetworkPlan plan) {
        this.plan = plan;
    }

    /** Takes a worker's network out, or makes a new one: no two tasks ever have the same. */
    Replica take(int worker, int round) {
        synchronized (this) {
            Replica kept = replicas == null ? null : replicas.remove(worker);
            if (kept != null && kept.round() == round) {
                return kept;
            }
        }
        return new Replica(plan.create(), round);
    }

    /** Keeps a worker's network. */
    synchronized void put(int worker, Replica replica) {
        if (replicas == null) {
            replicas = new HashMap<>();
        }
        replicas.put(worker, replica);
    }

    /**
     * The parameters that all workers have in common before a round, without constraints.
     *
     * @return never changed
     */
    synchronized float[] common(int round, CommonBase base) {
        if (common == null || commonRound < base.round() || commonRound > round) {
            common = base.parameters() == null ? parameters(plan.create()) : base.parameters().value();
            commonRound = base.round();
        }
        while (commonRound < round) {
            CompressedGradient mean = base.means().get(commonRound - base.round()).value();
            common = moved(common, mean);
            commonRound++;
        }
        return common;
    }

    /** Parameters after a round: one float32 addition each. */
    static float[] moved(float[] common, CompressedGradient mean) {
        float[] moved = mean.decode();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += common[i];
        }
        return moved;
    }

    /** The parameters of a network, copied. */
    static float[] parameters(Model network) {
        return segment(network).toArray(ValueLayout.JAVA_FLOAT);
    }

    /** Gives a network parameters. */
    static void set(Model network, float[] parameters) {
        segment(network).copyFrom(MemorySegment.ofArray(parameters));
    }

    private static MemorySegment segment(Model network) {
        return MemorySegment.ofBuffer(network.params().data().asNio())
            .asSlice(0, network.params().length() * Float.BYTES);
    }
}
