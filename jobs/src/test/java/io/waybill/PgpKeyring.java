package io.waybill;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Locale;
import org.bouncycastle.bcpg.ArmoredOutputStream;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyPacket;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.crypto.generators.RSAKeyPairGenerator;
import org.bouncycastle.crypto.params.RSAKeyGenerationParameters;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyRingGenerator;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSecretKey;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.bouncycastle.openpgp.operator.bc.BcPBESecretKeyDecryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPBESecretKeyEncryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPDigestCalculatorProvider;
import org.bouncycastle.openpgp.operator.bc.BcPGPKeyPair;

/** A key that signs and, below it, one that is encrypted to. */
final class PgpKeyring {
  static final String PASSPHRASE = "planted-pgp-19ab";

  private final PGPSecretKeyRing secret;
  private PGPPublicKeyRing shared;

  private PgpKeyring(PGPSecretKeyRing secret, PGPPublicKeyRing shared) {
    this.secret = secret;
    this.shared = shared;
  }

  static PgpKeyring create(String owner) {
    return create(owner, Instant.now().minus(Duration.ofDays(2)), Duration.ZERO);
  }

  /** Makes one that is no good after a time; zero for ever. */
  static PgpKeyring create(String owner, Instant created, Duration validFor) {
    try {
      Date date = Date.from(created);
      BcPGPKeyPair master =
          new BcPGPKeyPair(
              PublicKeyPacket.VERSION_4, PGPPublicKey.RSA_GENERAL, rsa().generateKeyPair(), date);
      PGPKeyRingGenerator generator =
          new PGPKeyRingGenerator(
              PGPSignature.POSITIVE_CERTIFICATION,
              master,
              owner,
              new BcPGPDigestCalculatorProvider().get(HashAlgorithmTags.SHA1),
              flags(KeyFlags.SIGN_DATA | KeyFlags.CERTIFY_OTHER, validFor).generate(),
              null,
              new BcPGPContentSignerBuilder(
                  master.getPublicKey().getAlgorithm(), HashAlgorithmTags.SHA256),
              new BcPBESecretKeyEncryptorBuilder(SymmetricKeyAlgorithmTags.AES_256)
                  .build(PASSPHRASE.toCharArray()));
      generator.addSubKey(
          new BcPGPKeyPair(
              PublicKeyPacket.VERSION_4, PGPPublicKey.RSA_GENERAL, rsa().generateKeyPair(), date),
          flags(KeyFlags.ENCRYPT_COMMS | KeyFlags.ENCRYPT_STORAGE, validFor).generate(),
          null);
      return new PgpKeyring(generator.generateSecretKeyRing(), generator.generatePublicKeyRing());
    } catch (PGPException e) {
      throw new IllegalStateException(e);
    }
  }

  private static PGPSignatureSubpacketGenerator flags(int flags, Duration validFor) {
    PGPSignatureSubpacketGenerator generator = new PGPSignatureSubpacketGenerator();
    generator.setKeyFlags(false, flags);
    if (!validFor.isZero()) {
      generator.setKeyExpirationTime(false, validFor.toSeconds());
    }
    return generator;
  }

  private static RSAKeyPairGenerator rsa() {
    RSAKeyPairGenerator generator = new RSAKeyPairGenerator();
    generator.init(
        new RSAKeyGenerationParameters(BigInteger.valueOf(0x10001), new SecureRandom(), 2048, 12));
    return generator;
  }

  /** Has its owner say that it is no good any more. */
  PgpKeyring revoke() {
    try {
      PGPSecretKey key = secret.getSecretKey();
      PGPSignatureGenerator generator =
          new PGPSignatureGenerator(
              new BcPGPContentSignerBuilder(
                  key.getPublicKey().getAlgorithm(), HashAlgorithmTags.SHA256),
              key.getPublicKey());
      generator.init(
          PGPSignature.KEY_REVOCATION,
          key.extractPrivateKey(
              new BcPBESecretKeyDecryptorBuilder(new BcPGPDigestCalculatorProvider())
                  .build(PASSPHRASE.toCharArray())));
      PGPPublicKey revoked =
          PGPPublicKey.addCertification(
              key.getPublicKey(), generator.generateCertification(key.getPublicKey()));
      shared = PGPPublicKeyRing.insertPublicKey(shared, revoked);
      return this;
    } catch (PGPException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Signs a content, beside it. */
  byte[] signatureOf(byte[] content) throws IOException {
    try {
      PGPSecretKey key = secret.getSecretKey();
      PGPSignatureGenerator generator =
          new PGPSignatureGenerator(
              new BcPGPContentSignerBuilder(
                  key.getPublicKey().getAlgorithm(), HashAlgorithmTags.SHA256),
              key.getPublicKey());
      generator.init(
          PGPSignature.BINARY_DOCUMENT,
          key.extractPrivateKey(
              new BcPBESecretKeyDecryptorBuilder(new BcPGPDigestCalculatorProvider())
                  .build(PASSPHRASE.toCharArray())));
      generator.update(content);
      return generator.generate().getEncoded();
    } catch (PGPException e) {
      throw new IllegalStateException(e);
    }
  }

  Path writePublic(Path file) {
    try (OutputStream out = Files.newOutputStream(file);
        OutputStream armor = ArmoredOutputStream.builder().build(out)) {
      shared.encode(armor);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path writeSecret(Path file) {
    try (OutputStream out = Files.newOutputStream(file)) {
      secret.encode(out);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  PGPSecretKeyRing secret() {
    return secret;
  }

  PGPPublicKey forEncryption() {
    for (PGPPublicKey key : shared) {
      if (!key.isMasterKey()) {
        return key;
      }
    }
    throw new IllegalStateException("no subkey");
  }

  String encryptionId() {
    return String.format(Locale.ROOT, "%016X", forEncryption().getKeyID());
  }

  String signingId() {
    return String.format(Locale.ROOT, "%016X", secret.getSecretKey().getKeyID());
  }
}
