package io.waybill.transfer.sync;

import io.waybill.transfer.Digest;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Digests of the files of both sides, all of one algorithm: the one that the pickier side chose at
 * the first file. CRC32C is none that proves two files equal.
 */
final class DigestPair {
  private static final Set<Digest.Algorithm> PROVING =
      Set.copyOf(EnumSet.complementOf(EnumSet.of(Digest.Algorithm.CRC32C)));

  private final Digests source;
  private final Digests target;
  private final boolean targetChooses;
  private Digest.@Nullable Algorithm agreed;

  /** Asks one side for the digest of a file. */
  @FunctionalInterface
  interface Digests {
    Optional<Digest> digest(String path, Set<Digest.Algorithm> wanted);
  }

  DigestPair(Digests source, Digests target, boolean targetChooses) {
    this.source = source;
    this.target = target;
    this.targetChooses = targetChooses;
  }

  static DigestPair of(Side source, Side target) {
    return new DigestPair(source::digest, target::digest, source.digestsAnything());
  }

  /** Says whether two files have the same digest; empty if the sides have no digest in common. */
  Optional<Boolean> isEqual(String sourcePath, String targetPath) {
    Digest.Algorithm algorithm = agreed;
    if (algorithm != null) {
      Set<Digest.Algorithm> wanted = Set.of(algorithm);
      return both(target.digest(targetPath, wanted), source.digest(sourcePath, wanted));
    }
    return targetChooses
        ? chosen(target, targetPath, source, sourcePath)
            .or(() -> chosen(source, sourcePath, target, targetPath))
        : chosen(source, sourcePath, target, targetPath)
            .or(() -> chosen(target, targetPath, source, sourcePath));
  }

  private Optional<Boolean> chosen(
      Digests first, String firstPath, Digests second, String secondPath) {
    Optional<Digest> chosen = first.digest(firstPath, PROVING);
    if (chosen.isEmpty()) {
      return Optional.empty();
    }
    Digest.Algorithm algorithm = chosen.get().algorithm();
    Optional<Boolean> equal = both(chosen, second.digest(secondPath, Set.of(algorithm)));
    if (equal.isPresent()) {
      agreed = algorithm;
    }
    return equal;
  }

  private static Optional<Boolean> both(Optional<Digest> one, Optional<Digest> other) {
    return one.flatMap(each -> other.map(each::equals));
  }

  /** Says whether an algorithm was found that both sides compute. */
  boolean hasAgreed() {
    return agreed != null;
  }

  /** Returns the digest of a file of the source; {@link #isEqual} must have found an algorithm. */
  Optional<Digest> ofSource(String path) {
    return agreed == null ? Optional.empty() : source.digest(path, Set.of(agreed));
  }

  /** Returns the digest of a file of the target, like {@link #ofSource}. */
  Optional<Digest> ofTarget(String path) {
    return agreed == null ? Optional.empty() : target.digest(path, Set.of(agreed));
  }
}
