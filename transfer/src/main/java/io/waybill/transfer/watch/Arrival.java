package io.waybill.transfer.watch;

import io.waybill.transfer.SourceIdentity;

/**
 * A file that is finished.
 *
 * @param path below the watched directory, segments separated by {@code /}
 * @param identity the version that was found; whoever reads it checks that it still is that one
 */
public record Arrival(String path, SourceIdentity identity) {}
