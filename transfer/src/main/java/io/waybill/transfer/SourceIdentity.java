package io.waybill.transfer;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What tells one version of a source file from another: a transfer is resumed, and at its end
 * believed, only while this stays the same.
 *
 * @param sizeBytes the length
 * @param modified the modification time with all the precision there is; empty where the endpoint
 *     does not tell it
 * @param fileKey device and inode, an ETag, or whatever else the endpoint identifies a file by
 */
public record SourceIdentity(long sizeBytes, Optional<Instant> modified, Optional<String> fileKey) {

  /**
   * Checks that nothing is missing.
   *
   * @throws IllegalArgumentException if the size is negative
   */
  public SourceIdentity {
    Objects.requireNonNull(modified, "modified");
    Objects.requireNonNull(fileKey, "fileKey");
    if (sizeBytes < 0) {
      throw new IllegalArgumentException("sizeBytes is negative: " + sizeBytes);
    }
  }

  /**
   * Says whether this tells one version from another: a size alone does not, so that bytes of two
   * tries are taken for one file only if a digest of the whole proves it.
   */
  public boolean tellsVersions() {
    return modified.isPresent() || fileKey.isPresent();
  }

  /** Says it to a person: size, time, and what else there is. */
  @Override
  public String toString() {
    return sizeBytes
        + " bytes"
        + modified.map(time -> " of " + time).orElse("")
        + fileKey.map(key -> " (" + key + ")").orElse("");
  }

  /** Identifies a file of which only size and modification time are known. */
  public static SourceIdentity of(long sizeBytes, Instant modified) {
    return new SourceIdentity(sizeBytes, Optional.of(modified), Optional.empty());
  }
}
