package org.eden4j.simulator.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.eden4j.transport.media.HostNeeds;
import org.junit.jupiter.api.Test;

class LinkTest {
    private static final HostNeeds NEEDS = new HostNeeds(4, 1);

    private static Check check(Link... links) {
        return Link.check(List.of(links), NEEDS);
    }

    /** 131,072 bytes take 1.05 ms at 1 Gbit/s. */
    @Test
    void shouldSayUpToWhichRoundTripAWindowFillsALink() {
        assertEquals(new Check("links", true,
                "eth0: MTU 1500, 10000 Mbit/s, a worker's window of 128 KiB fills it up to a round trip of 0.10 ms; "
                        + "eth1: MTU 9000, rate unknown, a worker's window of 128 KiB fills 1 Gbit/s up to a round trip of 1.0 ms"),
                check(new Link("eth0", 1500, 10_000), new Link("eth1", 9000, 0)));
        assertEquals("eth0: MTU 1500, 100 Mbit/s, a worker's window of 64 KiB fills it up to a round trip of 5.2 ms",
                Link.check(List.of(new Link("eth0", 1500, 100)), new HostNeeds(4, 4)).detail());
    }

    @Test
    void shouldAdviseASmallerMtuWherePacketsWouldBeFragmented() {
        assertEquals(new Check("links", true,
                "wg0: MTU 1420, rate unknown, packets are fragmented: --mtu 1376 on all members"
                        + " avoids that, a worker's window of 128 KiB fills 1 Gbit/s up to a round trip of 1.0 ms"),
                check(new Link("wg0", 1420, 0)));
    }

    @Test
    void shouldRejectALinkThatCarriesNoDatagramOfOurs() {
        assertEquals(
                new Check("links", false,
                        "tun0: an MTU of 576 is too small for datagrams of 1024 bytes: ip link set tun0 mtu 1500"),
                check(new Link("tun0", 576, 0)));
    }

    @Test
    void shouldAcceptAHostWithoutANetwork() {
        assertEquals(new Check("links", true, "no interface but loopback is up: jobs of this host only"), check());
    }
}
