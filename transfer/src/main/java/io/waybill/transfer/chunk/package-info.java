/** Cuts files into chunks and digests them. */
@NullMarked
package io.waybill.transfer.chunk;

import org.jspecify.annotations.NullMarked;
