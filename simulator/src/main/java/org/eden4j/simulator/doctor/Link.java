package org.eden4j.simulator.doctor;

import java.io.IOException;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.eden4j.transport.media.Connection;
import org.eden4j.transport.media.HostNeeds;
import org.eden4j.transport.wire.FrameLayout;

/**
 * A network interface, judged for a job between hosts.
 *
 * @param name the name of the interface
 * @param mtu the largest IP packet in bytes
 * @param megabits its rate in Mbit/s; 0 if it is unknown, as in most virtual machines
 */
record Link(String name, int mtu, long megabits) {
    private static final String CHECK = "links";
    /** Headers of IPv4 and UDP. */
    private static final int HEADERS = 20 + 8;
    private static final int ALIGNMENT = 32;
    private static final Path INTERFACES = Path.of("/sys/class/net");

    /** Returns the interfaces that are up, without the loopback interface. */
    static List<Link> all() throws IOException {
        return Collections.list(NetworkInterface.getNetworkInterfaces()).stream().filter(Link::isUsable).map(face -> {
            try {
                return new Link(face.getName(), face.getMTU(), megabits(face.getName()));
            } catch (IOException e) {
                return new Link(face.getName(), 0, 0);
            }
        }).toList();
    }

    private static boolean isUsable(NetworkInterface face) {
        try {
            return face.isUp() && !face.isLoopback() && face.getInetAddresses().hasMoreElements();
        } catch (IOException e) {
            return false;
        }
    }

    private static long megabits(String name) {
        try {
            return Math.max(0, MachineChecks.number(INTERFACES.resolve(name).resolve("speed")));
        } catch (IOException | NumberFormatException e) {
            return 0; // the kernel answers only for interfaces with a fixed rate
        }
    }

    /** Returns whether all links carry datagrams, and what they allow a worker of this job. */
    static Check check(List<Link> links, HostNeeds needs) {
        if (links.isEmpty()) {
            return new Check(CHECK, true, "no interface but loopback is up: jobs of this host only");
        }
        boolean ok = links.stream().allMatch(link -> link.mtu - HEADERS >= FrameLayout.SMALLEST_MTU);
        return new Check(CHECK, ok,
                links.stream().map(link -> link.judged(needs.largestWindowBytes())).collect(Collectors.joining("; ")));
    }

    private String judged(int window) {
        int largest = (mtu - HEADERS) / ALIGNMENT * ALIGNMENT;
        if (largest < FrameLayout.SMALLEST_MTU) {
            return name + ": an MTU of " + mtu + " is too small for datagrams of " + FrameLayout.SMALLEST_MTU
                    + " bytes: ip link set " + name + " mtu 1500";
        }
        String fact = name + ": MTU " + mtu + (megabits == 0 ? ", rate unknown" : ", " + megabits + " Mbit/s");
        String fragments = largest < Connection.NETWORK_MTU
                ? ", packets are fragmented: --mtu " + largest + " on all members avoids that" : "";
        long rate = megabits == 0 ? 1000 : megabits;
        return fact + fragments + String.format(Locale.ROOT,
                ", a worker's window of %d KiB fills %s up to a round trip of %.2g ms", window >> 10,
                megabits == 0 ? "1 Gbit/s" : "it", window * 8 / (rate * 1e3));
    }
}
