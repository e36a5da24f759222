/** Writes down what connections say, as text and as packets for Wireshark. */
@NullMarked
package io.waybill.transfer.trace;

import org.jspecify.annotations.NullMarked;
