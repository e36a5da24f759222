/** The only place that knows the zstd library, which may be missing. */
@NullMarked
package io.waybill.transfer.tcp.zstd;

import org.jspecify.annotations.NullMarked;
