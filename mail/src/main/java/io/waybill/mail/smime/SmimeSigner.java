package io.waybill.mail.smime;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.waybill.mail.MailException;
import io.waybill.mail.MessageSeal;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Signs the content of a message with S/MIME: {@code multipart/signed} with a detached signature
 * over SHA-256, by RSA or ECDSA (RFC 8551 3.5.3). Everybody can read it; who knows S/MIME can tell
 * that it is genuine. Safe for use by several threads.
 *
 * <p>From, To, Subject and the other fields that describe the message are not signed: that is the
 * work of DKIM. Receivers warn when the certificate does not name the address in From (RFC 8550 3);
 * this is not checked here.
 *
 * <p>Needs {@code org.bouncycastle:bcpkix-jdk18on} on the class path.
 */
public final class SmimeSigner implements MessageSeal {
  private static final byte[] CRLF = {'\r', '\n'};
  private static final int LINE = 76;

  private final SmimeIdentity identity;
  private final Clock clock;
  private final RandomGenerator random;
  private final boolean expiredAllowed;

  private SmimeSigner(SmimeIdentity identity, Builder builder) {
    this.identity = identity;
    clock = builder.clock;
    random = builder.random;
    expiredAllowed = builder.expiredAllowed;
  }

  /**
   * Starts a signer; an identity is needed.
   *
   * @throws IllegalStateException if Bouncy Castle is not on the class path
   */
  public static Builder builder() {
    BouncyCastle.require();
    return new Builder();
  }

  /**
   * Writes the message with its content signed, reading it once.
   *
   * @throws MailException.KeyUnusable if the certificate has expired or is not yet valid
   * @throws MailException.InvalidMessage if the message is not made of lines ended by CRLF, or its
   *     content has bytes above 127, which a server on the way may rewrite (RFC 8551 3.1.3)
   * @throws IOException if the message cannot be read or signed, or the result not be written
   */
  @Override
  public void seal(Content message, OutputStream sealed) throws IOException {
    Instant now = clock.instant();
    if (!expiredAllowed) {
      CertificateRules.requireValid(identity.certificate(), now);
    }
    String boundary = boundary();
    try (SmimeEntity entity = SmimeEntity.open(message)) {
      entity.writeOuterFields(sealed);
      write(
          sealed,
          "MIME-Version: 1.0\r\n"
              + "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\";\r\n"
              + (" micalg=sha-256; boundary=\"" + boundary + "\"\r\n\r\n")
              + ("--" + boundary + "\r\n"));
      DetachedSignature signature = new DetachedSignature(identity, now);
      entity.writeTo(new Tee(sealed, signature));
      write(
          sealed,
          ("\r\n--" + boundary + "\r\n")
              + "Content-Type: application/pkcs7-signature; name=\"smime.p7s\"\r\n"
              + "Content-Transfer-Encoding: base64\r\n"
              + "Content-Disposition: attachment; filename=\"smime.p7s\"\r\n\r\n");
      sealed.write(Base64.getMimeEncoder(LINE, CRLF).encode(signature.end()));
      write(sealed, "\r\n--" + boundary + "--\r\n");
    }
  }

  private String boundary() {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    return "=_smime_" + HexFormat.of().formatHex(bytes);
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(US_ASCII));
  }

  @Override
  public String toString() {
    return "SmimeSigner[" + identity + "]";
  }

  /** Writes what is sent and what is signed; the same, or an exception. */
  private static final class Tee extends FilterOutputStream {
    private final OutputStream signature;

    Tee(OutputStream sealed, OutputStream signature) {
      super(sealed);
      this.signature = signature;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      for (int i = offset; i < offset + length; i++) {
        if (bytes[i] < 0) {
          throw new MailException.InvalidMessage(
              "message", -1, "has bytes above 127 in its content: encode it in 7 bits to sign it");
        }
      }
      out.write(bytes, offset, length);
      signature.write(bytes, offset, length);
    }
  }

  /** Builds a {@link SmimeSigner}; not safe for use by several threads. */
  public static final class Builder {
    private @Nullable SmimeIdentity identity;
    private Clock clock = Clock.systemUTC();
    private RandomGenerator random = new SecureRandom();
    private boolean expiredAllowed;

    private Builder() {}

    /** Sets who signs. */
    public Builder identity(SmimeIdentity signer) {
      identity = signer;
      return this;
    }

    /** Sets the clock that validity and the time of signing are read from; the system's if not. */
    public Builder clock(Clock now) {
      clock = now;
      return this;
    }

    /** Sets what boundaries are made of, not keys. */
    public Builder random(RandomGenerator source) {
      random = source;
      return this;
    }

    /** Signs with a certificate also before and after its time; receivers will object. */
    public Builder allowExpired() {
      expiredAllowed = true;
      return this;
    }

    /**
     * Returns the signer.
     *
     * @throws IllegalArgumentException if the identity is missing
     */
    public SmimeSigner build() {
      if (identity == null) {
        throw new IllegalArgumentException("identity is missing");
      }
      return new SmimeSigner(identity, this);
    }
  }
}
