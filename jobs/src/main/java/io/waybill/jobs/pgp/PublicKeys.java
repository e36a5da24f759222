package io.waybill.jobs.pgp;

import io.waybill.jobs.JobException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPPublicKeyRingCollection;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;

/** Public keys of files, in binary or armor. */
public final class PublicKeys {
  private final Map<Path, List<PGPPublicKeyRing>> rings;

  private PublicKeys(Map<Path, List<PGPPublicKeyRing>> rings) {
    this.rings = rings;
  }

  /**
   * Reads them.
   *
   * @throws JobException.NotFound if a file is not there
   * @throws JobException.Configuration if one holds no public key
   */
  public static PublicKeys read(List<Path> files) {
    Map<Path, List<PGPPublicKeyRing>> rings = new LinkedHashMap<>();
    for (Path file : files) {
      rings.put(file, read(file));
    }
    return new PublicKeys(rings);
  }

  private static List<PGPPublicKeyRing> read(Path file) {
    List<PGPPublicKeyRing> rings = new ArrayList<>();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file));
        InputStream decoded = PGPUtil.getDecoderStream(in)) {
      new PGPPublicKeyRingCollection(decoded, new BcKeyFingerprintCalculator()).forEach(rings::add);
    } catch (NoSuchFileException e) {
      throw new JobException.NotFound("there is no key file " + file);
    } catch (IOException | PGPException | RuntimeException e) {
      throw new JobException.Configuration(
          "%s holds no public keys of OpenPGP: %s; gpg --export writes such a file"
              .formatted(file, e.getMessage()),
          e);
    }
    if (rings.isEmpty()) {
      throw new JobException.Configuration(
          file + " holds no public keys of OpenPGP; gpg --export writes such a file");
    }
    return rings;
  }

  /**
   * Returns the key to encrypt to of each owner.
   *
   * @throws JobException.Configuration if one has none that may be used
   */
  List<PGPPublicKey> forEncryption(Instant now) {
    List<PGPPublicKey> keys = new ArrayList<>();
    rings.forEach((file, all) -> all.forEach(ring -> keys.add(forEncryption(file, ring, now))));
    return keys;
  }

  private static PGPPublicKey forEncryption(Path file, PGPPublicKeyRing ring, Instant now) {
    List<String> troubles = new ArrayList<>();
    List<PGPPublicKey> fit = new ArrayList<>();
    KeyState.trouble(ring.getPublicKey(), now).ifPresent(troubles::add);
    if (troubles.isEmpty()) {
      for (PGPPublicKey key : ring) {
        if (KeyState.isForEncryption(key)) {
          KeyState.trouble(key, now).ifPresentOrElse(troubles::add, () -> fit.add(key));
        }
      }
    }
    return fit.stream()
        .max(
            Comparator.comparing((PGPPublicKey key) -> !key.isMasterKey())
                .thenComparing(PGPPublicKey::getCreationTime))
        .orElseThrow(
            () ->
                new JobException.Configuration(
                    "%s has no key to encrypt to: %s; ask its owner for a new one"
                        .formatted(
                            file,
                            troubles.isEmpty()
                                ? "key %s can only sign"
                                    .formatted(KeyState.id(ring.getPublicKey().getKeyID()))
                                : String.join(", ", troubles))));
  }

  /** Returns the key of a number, if it is here. */
  Optional<PGPPublicKey> find(long keyId) {
    return rings.values().stream()
        .flatMap(List::stream)
        .map(ring -> Optional.ofNullable(ring.getPublicKey(keyId)))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** Returns what speaks against a signature by one of these keys at a moment. */
  Optional<String> trouble(PGPPublicKey key, Instant at) {
    Optional<String> own = KeyState.trouble(key, at);
    return own.isPresent()
        ? own
        : rings.values().stream()
            .flatMap(List::stream)
            .filter(ring -> ring.getPublicKey(key.getKeyID()) != null)
            .map(ring -> KeyState.trouble(ring.getPublicKey(), at))
            .flatMap(Optional::stream)
            .findFirst();
  }

  @Override
  public String toString() {
    return String.join(", ", rings.keySet().stream().map(Path::toString).toList());
  }
}
