/** Frames over one connection: their layout, limits and errors, the same at both ends. */
@NullMarked
package io.waybill.transfer.tcp.wire;

import org.jspecify.annotations.NullMarked;
