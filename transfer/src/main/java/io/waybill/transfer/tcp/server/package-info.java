/** The serving end of the waybill protocol. */
@NullMarked
package io.waybill.transfer.tcp.server;

import org.jspecify.annotations.NullMarked;
