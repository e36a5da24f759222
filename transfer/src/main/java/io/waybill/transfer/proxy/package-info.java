/** Connections through a SOCKS5 or HTTP proxy. */
@NullMarked
package io.waybill.transfer.proxy;

import org.jspecify.annotations.NullMarked;
