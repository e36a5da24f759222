/** Programs of a few lines, quoted in the READMEs and run by a test. */
@NullMarked
package io.waybill.examples;

import org.jspecify.annotations.NullMarked;
