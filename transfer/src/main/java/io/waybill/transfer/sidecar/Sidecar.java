package io.waybill.transfer.sidecar;

import io.waybill.transfer.Digest;
import java.util.Objects;

/**
 * What a sidecar says of one file.
 *
 * @param name relative to the directory that the sidecar is in, segments separated by {@code /};
 *     never leads out of it
 * @param digest what the file should have
 */
public record Sidecar(String name, Digest digest) {
  /**
   * Checks the name.
   *
   * @throws IllegalArgumentException if it is empty or absolute, or leads out of the directory
   */
  public Sidecar {
    Objects.requireNonNull(digest, "digest");
    if (!SidecarName.isInside(name)) {
      throw new IllegalArgumentException(
          "Not a name below the sidecar's directory: '" + name + "'");
    }
  }

  /** Returns the digest's algorithm. */
  public Digest.Algorithm algorithm() {
    return digest.algorithm();
  }
}
