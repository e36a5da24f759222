/** The two halves of a transfer, sending and receiving, the same at both ends. */
@NullMarked
package io.waybill.transfer.tcp.exchange;

import org.jspecify.annotations.NullMarked;
