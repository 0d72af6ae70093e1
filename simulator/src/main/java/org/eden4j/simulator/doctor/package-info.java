/**
 * Turns this machine's state into a list of checks, each ok or not, with the cure.
 *
 * <p>Start with {@link org.eden4j.simulator.doctor.DoctorCommand}.
 */
package org.eden4j.simulator.doctor;
