/**
 * Moves files over the {@code waybill:} chunked protocol, both ends; PROTOCOL.md is its wire
 * format.
 */
@NullMarked
package io.waybill.transfer.tcp;

import org.jspecify.annotations.NullMarked;
