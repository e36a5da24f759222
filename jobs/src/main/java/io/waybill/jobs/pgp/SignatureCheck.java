package io.waybill.jobs.pgp;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPOnePassSignature;
import org.bouncycastle.openpgp.PGPOnePassSignatureList;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;

/** Follows what is signed, and judges the signatures on it by given keys. */
final class SignatureCheck {
  private final String file;
  private final PublicKeys keys;
  private final Map<Long, PGPOnePassSignature> announced = new LinkedHashMap<>();
  private final List<PGPSignature> detached = new ArrayList<>();
  private final List<String> strangers = new ArrayList<>();
  private final List<String> good = new ArrayList<>();
  private Optional<Instant> signedAt = Optional.empty();
  private Optional<String> bad = Optional.empty();

  SignatureCheck(String file, PublicKeys keys) {
    this.file = file;
    this.keys = keys;
  }

  /** Hears which signatures stand behind the content. */
  void announce(PGPOnePassSignatureList list) throws PGPException {
    for (PGPOnePassSignature each : list) {
      Optional<PGPPublicKey> key = keys.find(each.getKeyID());
      if (key.isPresent()) {
        each.init(new BcPGPContentVerifierBuilderProvider(), key.get());
        announced.put(each.getKeyID(), each);
      } else {
        strangers.add(KeyState.id(each.getKeyID()));
      }
    }
  }

  /** Takes signatures that stand before the content, or beside it. */
  void take(PGPSignatureList list) throws PGPException {
    for (PGPSignature each : list) {
      Optional<PGPPublicKey> key = keys.find(each.getKeyID());
      if (key.isPresent()) {
        each.init(new BcPGPContentVerifierBuilderProvider(), key.get());
        detached.add(each);
      } else {
        strangers.add(KeyState.id(each.getKeyID()));
      }
    }
  }

  /** Follows the content. */
  void update(byte[] bytes, int count) {
    announced.values().forEach(each -> each.update(bytes, 0, count));
    for (PGPSignature each : detached) {
      each.update(bytes, 0, count);
    }
  }

  /** Judges the signatures that were announced. */
  void end(PGPSignatureList list) throws PGPException {
    for (PGPSignature each : list) {
      PGPOnePassSignature announcement = announced.get(each.getKeyID());
      if (announcement != null) {
        judge(each, announcement.verify(each));
      }
    }
  }

  private void judge(PGPSignature signature, boolean fits) {
    String id = KeyState.id(signature.getKeyID());
    Instant at = signature.getCreationTime().toInstant();
    Optional<String> trouble =
        keys.find(signature.getKeyID()).flatMap(key -> keys.trouble(key, at));
    int type = signature.getSignatureType();
    if (!fits) {
      bad = Optional.of("the signature by key %s does not fit what is there".formatted(id));
    } else if (type != PGPSignature.BINARY_DOCUMENT
        && type != PGPSignature.CANONICAL_TEXT_DOCUMENT) {
      bad = Optional.of("the signature by key %s is none of a document".formatted(id));
    } else if (isWeak(signature.getHashAlgorithm())) {
      bad =
          Optional.of(
              "the signature by key %s is by MD5 or SHA-1, which can be forged".formatted(id));
    } else if (trouble.isPresent()) {
      bad = Optional.of("it is signed at %s, and %s".formatted(at, trouble.get()));
    } else {
      good.add(id);
      signedAt = signedAt.isPresent() ? signedAt : Optional.of(at);
    }
  }

  private static boolean isWeak(int hash) {
    return hash == HashAlgorithmTags.MD5
        || hash == HashAlgorithmTags.SHA1
        || hash == HashAlgorithmTags.RIPEMD160
        || hash == HashAlgorithmTags.MD2;
  }

  /**
   * Tells who has signed.
   *
   * @throws io.waybill.jobs.JobException if none of those who were asked for has, or one that
   *     cannot be true
   */
  PgpProof proof() throws PGPException {
    for (PGPSignature each : detached) {
      judge(each, each.verify());
    }
    if (bad.isPresent()) {
      throw PgpFailures.notProven(file, bad.get());
    }
    if (good.isEmpty()) {
      throw PgpFailures.notProven(
          file,
          strangers.isEmpty()
              ? "nobody has signed it, and a signature by a key of %s is wanted".formatted(keys)
              : "it is signed by key %s, and not by one of %s"
                  .formatted(String.join(", ", strangers), keys));
    }
    return new PgpProof(good, signedAt);
  }
}
