package io.waybill.jobs.pgp;

import java.time.Instant;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureSubpacketVector;

/** What a key is for, and whether it may still be used. */
final class KeyState {
  private KeyState() {}

  /** Returns a key's number as people know it, 16 digits. */
  static String id(long keyId) {
    return String.format(Locale.ROOT, "%016X", keyId);
  }

  /** Returns what speaks against using a key at a moment; empty if nothing does. */
  static Optional<String> trouble(PGPPublicKey key, Instant at) {
    if (key.hasRevocation()) {
      return Optional.of("key " + id(key.getKeyID()) + " was revoked by its owner");
    }
    if (key.getValidSeconds() > 0) {
      Instant end = key.getCreationTime().toInstant().plusSeconds(key.getValidSeconds());
      if (!at.isBefore(end)) {
        return Optional.of("key " + id(key.getKeyID()) + " has expired at " + end);
      }
    }
    return Optional.empty();
  }

  static boolean isForEncryption(PGPPublicKey key) {
    return key.isEncryptionKey() && allows(key, KeyFlags.ENCRYPT_COMMS | KeyFlags.ENCRYPT_STORAGE);
  }

  static boolean isForSignatures(PGPPublicKey key) {
    return allows(key, KeyFlags.SIGN_DATA);
  }

  // A key that does not say what it is for is for all that its algorithm can do.
  private static boolean allows(PGPPublicKey key, int wanted) {
    int said = 0;
    Iterator<PGPSignature> signatures = key.getSignatures();
    while (signatures.hasNext()) {
      PGPSignature signature = signatures.next();
      PGPSignatureSubpacketVector hashed = signature.getHashedSubPackets();
      boolean isOwn =
          signature.isCertification()
              || signature.getSignatureType() == PGPSignature.SUBKEY_BINDING
              || signature.getSignatureType() == PGPSignature.DIRECT_KEY;
      if (isOwn && hashed != null) {
        said |= hashed.getKeyFlags();
      }
    }
    return said == 0 || (said & wanted) != 0;
  }
}
