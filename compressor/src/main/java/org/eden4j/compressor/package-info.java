/** Turns a gradient into bytes and bytes into a gradient. */
package org.eden4j.compressor;
