/**
 * Turns the numbers of two published texts into measurements and verdicts.
 *
 * <pre>
 * Chapter --(runs, each with a seed)--&gt; Laboratory --&gt; Measured --\
 *                                              Stated (the text) --&gt; Judge --&gt; Claim --&gt; rows, ClaimsPage
 * </pre>
 *
 * <p>The project's codecs are measured wherever they support what a text used. Everything else is plain
 * double-precision mathematics in {@code ReferenceRotation}, {@code LloydCodebook} and {@code Alignment}.
 *
 * <p>Start at {@link org.eden4j.simulator.claims.ClaimsCommand}.
 */
package org.eden4j.simulator.claims;
