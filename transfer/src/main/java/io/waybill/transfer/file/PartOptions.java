package io.waybill.transfer.file;

import io.waybill.transfer.Digest;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * How a part file checks what it gets.
 *
 * @param tree whether each chunk gets a SHA-256 leaf; without, nothing is hashed and the CRC32C is
 *     all that is known of a chunk. A part begun without leaves and continued with them starts with
 *     only those chunks that have one
 * @param running the plain digest computed on the way, for as long as chunks come in order
 * @param nanoClock tells when the journal is due, as {@link System#nanoTime} does
 */
public record PartOptions(
    boolean tree, Optional<Digest.Algorithm> running, LongSupplier nanoClock) {
  /**
   * Checks the running digest.
   *
   * @throws IllegalArgumentException if it is that of the tree, which needs no running
   */
  public PartOptions {
    if (running.isPresent() && running.get() == Digest.Algorithm.SHA_256_TREE) {
      throw new IllegalArgumentException("The tree's digest does not run along");
    }
  }

  /** With leaves, without a running digest, by the system's clock. */
  public static PartOptions withTree() {
    return new PartOptions(true, Optional.empty(), System::nanoTime);
  }

  /** Without leaves and running digest, by the system's clock. */
  public static PartOptions crc32cOnly() {
    return new PartOptions(false, Optional.empty(), System::nanoTime);
  }

  /** The same with a running digest. */
  public PartOptions running(Digest.Algorithm algorithm) {
    return new PartOptions(tree, Optional.of(algorithm), nanoClock);
  }
}
