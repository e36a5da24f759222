package io.waybill.jobs.pgp;

import io.waybill.jobs.JobException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.bcpg.ArmoredInputStream;
import org.bouncycastle.openpgp.PGPCompressedData;
import org.bouncycastle.openpgp.PGPEncryptedData;
import org.bouncycastle.openpgp.PGPEncryptedDataList;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPLiteralData;
import org.bouncycastle.openpgp.PGPMarker;
import org.bouncycastle.openpgp.PGPOnePassSignatureList;
import org.bouncycastle.openpgp.PGPPrivateKey;
import org.bouncycastle.openpgp.PGPPublicKeyEncryptedData;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.bouncycastle.openpgp.operator.bc.BcPublicKeyDataDecryptorFactory;
import org.jspecify.annotations.Nullable;

/** Reads one file of OpenPGP: decrypts it, takes it out of its packets, follows its signatures. */
public final class PgpReader {
  private static final int BLOCK_BYTES = 1 << 16;
  private static final int DEEPEST = 4;

  private final Path file;
  private final Optional<PublicKeys> signers;
  private final long mostBytes;

  /**
   * Prepares.
   *
   * @param signers of which one at least must have signed it; empty if nobody need
   * @param mostBytes what is longer is refused, however small it came
   */
  public PgpReader(Path file, Optional<PublicKeys> signers, long mostBytes) {
    this.file = file;
    this.signers = signers;
    this.mostBytes = mostBytes;
  }

  /** Takes content; what it throws goes through as it is. */
  private record Content(OutputStream out, @Nullable SignatureCheck check) {}

  /**
   * Decrypts.
   *
   * @param out gets the content, which is nothing worth before this has returned
   * @throws JobException.Expectation if it is encrypted to other keys, or not at all, or has no
   *     proof of integrity, or is too long
   * @throws JobException.Unsuccessful with integrity as its class if it is damaged, or the
   *     signature that is wanted is not there
   */
  public PgpProof decrypt(SecretKeys keys, OutputStream out) {
    return reading(
        in -> {
          PGPEncryptedDataList list = encrypted(new BcPGPObjectFactory(in));
          PGPPublicKeyEncryptedData found = null;
          PGPPrivateKey key = null;
          List<String> others = new ArrayList<>();
          for (PGPEncryptedData each : list) {
            if (each instanceof PGPPublicKeyEncryptedData to && key == null) {
              key = keys.find(to.getKeyIdentifier().getKeyId()).orElse(null);
              found = to;
              others.add(KeyState.id(to.getKeyIdentifier().getKeyId()));
            }
          }
          if (found == null) {
            throw PgpFailures.unfit(
                file.toString(),
                "is encrypted by a passphrase, and to no key; have it encrypted to a key");
          }
          if (key == null) {
            throw PgpFailures.unfit(
                file.toString(),
                "is encrypted to another key: to %s, and %s has %s; have it encrypted to one of these"
                    .formatted(String.join(", ", others), keys, keys.ids()));
          }
          if (!found.isIntegrityProtected() && !found.isAEAD()) {
            throw PgpFailures.unfit(
                file.toString(),
                "has no proof of integrity (MDC), as very old programs write it, so that anybody could have changed it; have it encrypted by a newer one");
          }
          InputStream clear = found.getDataStream(new BcPublicKeyDataDecryptorFactory(key));
          PgpProof proof;
          try {
            proof = packets(clear, out);
          } catch (JobException e) { // a changed byte may look like packets that nobody wrote
            requireWhole(found, clear);
            throw e;
          }
          requireWhole(found, clear);
          return proof;
        });
  }

  private static void requireWhole(PGPEncryptedData data, InputStream clear)
      throws IOException, PGPException {
    clear.transferTo(OutputStream.nullOutputStream());
    if (!data.isAEAD() && !data.verify()) {
      throw new IOException("its proof of integrity does not fit");
    }
  }

  /**
   * Verifies a file that holds its own signature.
   *
   * @param out gets the content, which is nothing worth before this has returned
   * @throws JobException.Expectation if it is encrypted, or too long
   * @throws JobException.Unsuccessful with integrity as its class if the signature that is wanted
   *     is not there
   */
  public PgpProof verify(OutputStream out) {
    return reading(in -> packets(in, out));
  }

  /**
   * Verifies a file by the signature beside it.
   *
   * @throws JobException.NotFound if one of the two is not there
   * @throws JobException.Unsuccessful with integrity as its class if the signature that is wanted
   *     is not there
   */
  public PgpProof verify(Path signature) {
    SignatureCheck check = new SignatureCheck(file.toString(), signers.orElseThrow());
    PgpReader beside = new PgpReader(signature, Optional.empty(), mostBytes);
    beside.reading(
        in -> {
          @Nullable Object first = beside.next(new BcPGPObjectFactory(in));
          if (!(first instanceof PGPSignatureList list)) {
            throw PgpFailures.unfit(signature.toString(), "holds no signature");
          }
          check.take(list);
          return PgpProof.NONE;
        });
    try (InputStream in = Files.newInputStream(file)) {
      byte[] block = new byte[BLOCK_BYTES];
      for (int count = in.read(block); count >= 0; count = in.read(block)) {
        check.update(block, count);
      }
      return check.proof();
    } catch (NoSuchFileException e) {
      throw new JobException.NotFound("there is no file " + file);
    } catch (IOException | PGPException e) {
      throw PgpFailures.damaged(signature.toString(), String.valueOf(e.getMessage()), e);
    }
  }

  @FunctionalInterface
  private interface Reading {
    PgpProof read(InputStream in) throws IOException, PGPException;
  }

  // What is cut or changed shows itself by whatever exception the parser then comes to.
  private PgpProof reading(Reading reading) {
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), BLOCK_BYTES)) {
      InputStream in = PGPUtil.getDecoderStream(raw);
      if (in instanceof ArmoredInputStream armor && armor.isClearText()) {
        throw PgpFailures.unfit(
            file.toString(),
            "is signed as clear text, which mail programs do; have it signed by gpg --sign or --detach-sign");
      }
      return reading.read(in);
    } catch (NoSuchFileException e) {
      throw new JobException.NotFound("there is no file " + file);
    } catch (JobException e) {
      throw e;
    } catch (IOException | PGPException | RuntimeException e) {
      throw PgpFailures.damaged(
          file.toString(), e.getMessage() == null ? e.toString() : e.getMessage(), e);
    }
  }

  private @Nullable Object next(BcPGPObjectFactory factory) throws IOException {
    Object next = factory.nextObject();
    while (next instanceof PGPMarker) {
      next = factory.nextObject();
    }
    return next;
  }

  private PGPEncryptedDataList encrypted(BcPGPObjectFactory factory) throws IOException {
    @Nullable Object first = next(factory);
    if (first instanceof PGPEncryptedDataList list) {
      return list;
    }
    throw first == null
        ? PgpFailures.unfit(file.toString(), "is no file of OpenPGP")
        : PgpFailures.unfit(file.toString(), "is a file of OpenPGP, and not encrypted");
  }

  private PgpProof packets(InputStream in, OutputStream out) throws IOException, PGPException {
    SignatureCheck check =
        signers.map(keys -> new SignatureCheck(file.toString(), keys)).orElse(null);
    if (!content(in, new Content(out, check), 0)) {
      throw new IOException("it holds no content");
    }
    return check == null ? PgpProof.NONE : check.proof();
  }

  private boolean content(InputStream in, Content content, int depth)
      throws IOException, PGPException {
    if (depth > DEEPEST) {
      throw PgpFailures.unfit(file.toString(), "is packed into itself again and again");
    }
    BcPGPObjectFactory factory = new BcPGPObjectFactory(in);
    boolean isThere = false;
    for (Object each = next(factory); each != null; each = next(factory)) {
      if (each instanceof PGPCompressedData compressed && !isThere) {
        isThere = content(compressed.getDataStream(), content, depth + 1);
      } else if (each instanceof PGPLiteralData literal && !isThere) {
        copy(literal.getInputStream(), content);
        isThere = true;
      } else if (each instanceof PGPOnePassSignatureList list && !isThere) {
        if (content.check() != null) {
          content.check().announce(list);
        }
      } else if (each instanceof PGPSignatureList list) {
        if (content.check() != null) {
          if (isThere) {
            content.check().end(list);
          } else {
            content.check().take(list);
          }
        }
      } else if (each instanceof PGPEncryptedDataList) {
        throw PgpFailures.unfit(
            file.toString(),
            depth == 0 && !isThere ? "is encrypted; decrypt it" : "is encrypted twice");
      } else {
        throw new IOException("it holds something that does not belong there");
      }
    }
    return isThere;
  }

  private void copy(InputStream in, Content content) throws IOException {
    byte[] block = new byte[BLOCK_BYTES];
    long left = mostBytes;
    for (int count = in.read(block); count >= 0; count = in.read(block)) {
      if (count > left) {
        throw PgpFailures.unfit(
            file.toString(),
            "holds more than %d bytes, and nothing of it was kept; raise \"max-size\" if that is right"
                .formatted(mostBytes));
      }
      left -= count;
      content.out().write(block, 0, count);
      if (content.check() != null) {
        content.check().update(block, count);
      }
    }
  }
}
