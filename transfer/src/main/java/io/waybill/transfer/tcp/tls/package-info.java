/** Encrypts connections of the {@code waybill:} protocol and proves who is at either end. */
@NullMarked
package io.waybill.transfer.tcp.tls;

import org.jspecify.annotations.NullMarked;
