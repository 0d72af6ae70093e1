package org.eden4j.spark;

import org.eden4j.dl4j.NetworkState;

/** What one training ends with. */
record Trained(NetworkState state, FitReport report) {}
