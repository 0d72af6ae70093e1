/**
 * Turns the state that members have in common into an image that can be sent, and an image back into a model, a
 * replica's bytes and a ledger.
 *
 * <pre>
 * model or replica + Ledger --StateImage--&gt; bytes --StateSender--&gt; StateBegin, State ..., StateEnd --StateReceiver--&gt; StateImage
 * mean --SharedModel--&gt; model, bit-identical on every member
 * </pre>
 *
 * <p>Start at {@link org.eden4j.transport.state.StateImage}.
 */
package org.eden4j.transport.state;
