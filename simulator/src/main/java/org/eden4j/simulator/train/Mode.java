package org.eden4j.simulator.train;

/** The quantity that workers exchange: changes of parameters every few steps, or gradients at every step. */
public enum Mode {
    averaging, sharing
}
