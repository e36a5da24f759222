package io.waybill.transfer.remote;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.SourceIdentity;
import java.util.Optional;

/**
 * What an endpoint tells of one path.
 *
 * @param entry its size, time and mode, as far as they are told
 * @param version what else tells one version of it from another, such as an ETag
 */
public record RemoteFile(FileEntry entry, Optional<String> version) {
  /** Wraps an entry of an endpoint that has no versions. */
  public RemoteFile(FileEntry entry) {
    this(entry, Optional.empty());
  }

  /** Returns what it was asked for. */
  public String path() {
    return entry.path();
  }

  /** Returns what tells this version of a file from another; its size must be known. */
  SourceIdentity identity() {
    return new SourceIdentity(entry.sizeBytes(), entry.modified(), version);
  }
}
