/** Programs of a few lines, quoted in the READMEs and run by a test. */
@NullMarked
package io.waybill.mail.examples;

import org.jspecify.annotations.NullMarked;
