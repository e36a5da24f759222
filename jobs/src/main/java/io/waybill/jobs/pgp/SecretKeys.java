package io.waybill.jobs.pgp;

import io.waybill.jobs.JobException;
import io.waybill.jobs.Secret;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPrivateKey;
import org.bouncycastle.openpgp.PGPSecretKey;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.bouncycastle.openpgp.PGPSecretKeyRingCollection;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;
import org.bouncycastle.openpgp.operator.bc.BcPBESecretKeyDecryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPDigestCalculatorProvider;

/** Secret keys of a file, in binary or armor. */
public final class SecretKeys {
  private final Path file;
  private final List<PGPSecretKey> keys;
  private final Optional<Secret> passphrase;

  private SecretKeys(Path file, List<PGPSecretKey> keys, Optional<Secret> passphrase) {
    this.file = file;
    this.keys = keys;
    this.passphrase = passphrase;
  }

  /**
   * Reads them; the passphrase is asked for when a key is used.
   *
   * @throws JobException.NotFound if the file is not there
   * @throws JobException.Configuration if it holds no secret key
   */
  public static SecretKeys read(Path file, Optional<Secret> passphrase) {
    List<PGPSecretKey> keys = new ArrayList<>();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file));
        InputStream decoded = PGPUtil.getDecoderStream(in)) {
      for (PGPSecretKeyRing ring :
          new PGPSecretKeyRingCollection(decoded, new BcKeyFingerprintCalculator())) {
        ring.forEach(keys::add);
      }
    } catch (NoSuchFileException e) {
      throw new JobException.NotFound("there is no key file " + file);
    } catch (IOException | PGPException | RuntimeException e) {
      throw new JobException.Configuration(
          "%s holds no secret keys of OpenPGP: %s; gpg --export-secret-keys writes such a file"
              .formatted(file, e.getMessage()),
          e);
    }
    keys.removeIf(PGPSecretKey::isPrivateKeyEmpty);
    if (keys.isEmpty()) {
      throw new JobException.Configuration(
          file + " holds no secret keys of OpenPGP; gpg --export-secret-keys writes such a file");
    }
    return new SecretKeys(file, keys, passphrase);
  }

  /** Returns the key of a number, opened; empty if it is not here. */
  Optional<PGPPrivateKey> find(long keyId) {
    return keys.stream().filter(key -> key.getKeyID() == keyId).findFirst().map(this::open);
  }

  /** A key that signs. */
  record Signer(PGPSecretKey key, PGPPrivateKey opened) {}

  /**
   * Returns the key to sign with: the newest that may be used.
   *
   * @throws JobException.Configuration if there is none
   */
  Signer signer(Instant now) {
    List<String> troubles = new ArrayList<>();
    List<PGPSecretKey> fit = new ArrayList<>();
    for (PGPSecretKey key : keys) {
      if (key.isSigningKey() && KeyState.isForSignatures(key.getPublicKey())) {
        KeyState.trouble(key.getPublicKey(), now)
            .ifPresentOrElse(troubles::add, () -> fit.add(key));
      }
    }
    PGPSecretKey chosen =
        fit.stream()
            .max(
                Comparator.comparing((PGPSecretKey key) -> !key.isMasterKey())
                    .thenComparing(key -> key.getPublicKey().getCreationTime()))
            .orElseThrow(
                () ->
                    new JobException.Configuration(
                        "%s has no key to sign with%s"
                            .formatted(
                                file,
                                troubles.isEmpty() ? "" : ": " + String.join(", ", troubles))));
    return new Signer(chosen, open(chosen));
  }

  private PGPPrivateKey open(PGPSecretKey key) {
    String words = passphrase.map(Secret::get).orElse("");
    try {
      PGPPrivateKey opened =
          key.extractPrivateKey(
              new BcPBESecretKeyDecryptorBuilder(new BcPGPDigestCalculatorProvider())
                  .build(words.toCharArray()));
      if (opened != null) {
        return opened;
      }
    } catch (PGPException | RuntimeException e) {
      throw new JobException.Configuration(
          passphrase.isPresent()
              ? "the passphrase does not open key %s of %s"
                  .formatted(KeyState.id(key.getKeyID()), file)
              : "key %s of %s wants a passphrase; write \"passphrase\""
                  .formatted(KeyState.id(key.getKeyID()), file),
          e);
    }
    throw new JobException.Configuration(
        "key %s is not in %s itself".formatted(KeyState.id(key.getKeyID()), file));
  }

  /** Returns the numbers of the keys that are here. */
  String ids() {
    return String.join(", ", keys.stream().map(key -> KeyState.id(key.getKeyID())).toList());
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
