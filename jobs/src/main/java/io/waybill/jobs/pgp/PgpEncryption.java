package io.waybill.jobs.pgp;

import io.waybill.jobs.JobException;
import io.waybill.scheduler.FailureClass;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import org.bouncycastle.bcpg.ArmoredOutputStream;
import org.bouncycastle.bcpg.CompressionAlgorithmTags;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.openpgp.PGPCompressedDataGenerator;
import org.bouncycastle.openpgp.PGPEncryptedDataGenerator;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPLiteralData;
import org.bouncycastle.openpgp.PGPLiteralDataGenerator;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPDataEncryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPublicKeyKeyEncryptionMethodGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts: AES-256 with a proof of integrity (RFC 4880 5.13), which every implementation reads.
 *
 * @param recipients who can read it
 * @param signer who signs it; empty for nobody
 * @param isArmored whether it is text
 * @param isCompressed whether it is deflated before
 */
public record PgpEncryption(
    PublicKeys recipients, Optional<SecretKeys> signer, boolean isArmored, boolean isCompressed) {
  private static final int BLOCK_BYTES = 1 << 16;

  /**
   * Encrypts a file.
   *
   * @param out gets it, and is not closed
   * @return how many bytes were read
   * @throws JobException.Configuration if a key may not be used
   * @throws JobException.NotFound if the file is not there
   * @throws JobException.Unsuccessful if it cannot be read
   */
  public long encrypt(Path source, OutputStream out, Instant now) {
    PGPEncryptedDataGenerator generator =
        new PGPEncryptedDataGenerator(
            new BcPGPDataEncryptorBuilder(SymmetricKeyAlgorithmTags.AES_256)
                .setWithIntegrityPacket(true)
                .setSecureRandom(new SecureRandom()));
    for (PGPPublicKey key : recipients.forEncryption(now)) {
      generator.addMethod(new BcPublicKeyKeyEncryptionMethodGenerator(key));
    }
    try (InputStream in = open(source)) {
      PGPSignatureGenerator signature = signature(now);
      if (!isArmored) {
        return write(source, in, generator.open(out, new byte[BLOCK_BYTES]), signature);
      }
      try (ArmoredOutputStream armor = ArmoredOutputStream.builder().clearHeaders().build(out)) {
        return write(source, in, generator.open(armor, new byte[BLOCK_BYTES]), signature);
      }
    } catch (PGPException e) {
      throw new JobException.Configuration(
          "%s cannot be encrypted: %s".formatted(source, e.getMessage()), e);
    } catch (IOException e) {
      throw new JobException.Unsuccessful(
          FailureClass.TRANSIENT, "%s cannot be read: %s".formatted(source, e), e);
    }
  }

  private static InputStream open(Path source) throws IOException {
    try {
      return new BufferedInputStream(Files.newInputStream(source), BLOCK_BYTES);
    } catch (NoSuchFileException e) {
      throw new JobException.NotFound("there is no file " + source);
    }
  }

  private @Nullable PGPSignatureGenerator signature(Instant now) throws PGPException {
    if (signer.isEmpty()) {
      return null;
    }
    SecretKeys.Signer key = signer.get().signer(now);
    PGPSignatureGenerator generator =
        new PGPSignatureGenerator(
            new BcPGPContentSignerBuilder(
                key.key().getPublicKey().getAlgorithm(), HashAlgorithmTags.SHA256),
            key.key().getPublicKey());
    generator.init(PGPSignature.BINARY_DOCUMENT, key.opened());
    return generator;
  }

  private long write(
      Path source,
      InputStream in,
      OutputStream encrypted,
      @Nullable PGPSignatureGenerator signature)
      throws IOException, PGPException {
    PGPCompressedDataGenerator compression =
        new PGPCompressedDataGenerator(
            isCompressed ? CompressionAlgorithmTags.ZIP : CompressionAlgorithmTags.UNCOMPRESSED);
    long count;
    try (encrypted) {
      OutputStream packets =
          isCompressed ? compression.open(encrypted, new byte[BLOCK_BYTES]) : encrypted;
      if (signature != null) {
        signature.generateOnePassVersion(false).encode(packets);
      }
      count = literal(source, in, packets, signature);
      if (signature != null) {
        signature.generate().encode(packets);
      }
      compression.close();
    }
    return count;
  }

  private static long literal(
      Path source, InputStream in, OutputStream out, @Nullable PGPSignatureGenerator signature)
      throws IOException {
    byte[] block = new byte[BLOCK_BYTES];
    long count = 0;
    String name = String.valueOf(source.getFileName());
    Date modified = Date.from(Files.getLastModifiedTime(source).toInstant());
    try (OutputStream literal =
        new PGPLiteralDataGenerator()
            .open(out, PGPLiteralData.BINARY, name, modified, new byte[BLOCK_BYTES])) {
      for (int read = in.read(block); read >= 0; read = in.read(block)) {
        literal.write(block, 0, read);
        if (signature != null) {
          signature.update(block, 0, read);
        }
        count += read;
      }
    }
    return count;
  }
}
