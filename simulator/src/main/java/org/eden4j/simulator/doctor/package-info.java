/**
 * Turns the state of this machine into a list of checks, each ok or not, with the cure.
 *
 * <p>Start at {@link org.eden4j.simulator.doctor.DoctorCommand}.
 */
package org.eden4j.simulator.doctor;
