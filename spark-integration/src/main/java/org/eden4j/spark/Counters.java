package org.eden4j.spark;

import java.io.Serializable;

/** The numbers of a network's iteration and epoch. */
record Counters(int iteration, int epoch) implements Serializable {}
