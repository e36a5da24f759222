/**
 * Copies files over endpoints that know a file only as a stream of bytes with a name: what an
 * endpoint is like stands behind {@link io.waybill.transfer.remote.RemoteSession}, how a file is
 * copied whole or not at all stands here, once.
 */
@NullMarked
package io.waybill.transfer.remote;

import org.jspecify.annotations.NullMarked;
