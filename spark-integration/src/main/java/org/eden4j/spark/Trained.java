package org.eden4j.spark;

import org.eden4j.dl4j.NetworkState;

/** The result of one training. */
record Trained(NetworkState state, FitReport report) {}
