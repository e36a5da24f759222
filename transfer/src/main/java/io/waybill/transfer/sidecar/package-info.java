/**
 * Reads and writes the files that hold other files' digests, such as {@code x.sha256} and {@code
 * SHA256SUMS}.
 */
@NullMarked
package io.waybill.transfer.sidecar;

import org.jspecify.annotations.NullMarked;
