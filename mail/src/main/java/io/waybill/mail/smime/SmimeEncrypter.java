package io.waybill.mail.smime;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.waybill.mail.MailException;
import io.waybill.mail.MessageSeal;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Encrypts the content of a message with S/MIME, so that only the owners of the given certificates
 * can read it: {@code application/pkcs7-mime} (RFC 8551 3.3). Safe for use by several threads.
 *
 * <p>From, To, Subject and the other fields that describe the message stay readable. All recipients
 * of a message can see whose certificates it is encrypted for, those in Bcc included. Give the
 * sender's certificate, too, where the sender shall be able to read the copy in Sent.
 *
 * <p>To sign and encrypt, sign first: encryption alone does not say who wrote a message.
 *
 * <p>Needs {@code org.bouncycastle:bcpkix-jdk18on} on the class path.
 */
public final class SmimeEncrypter implements MessageSeal {
  private static final byte[] CRLF = {'\r', '\n'};
  private static final int LINE = 76;

  private final List<X509Certificate> recipients;
  private final SmimeCipher cipher;
  private final Clock clock;
  private final SecureRandom random;
  private final boolean expiredAllowed;

  private SmimeEncrypter(Builder builder) {
    recipients = List.copyOf(builder.recipients);
    cipher = builder.cipher;
    clock = builder.clock;
    random = builder.random;
    expiredAllowed = builder.expiredAllowed;
  }

  /**
   * Starts an encrypter; one certificate or more is needed.
   *
   * @throws IllegalStateException if Bouncy Castle is not on the class path
   */
  public static Builder builder() {
    BouncyCastle.require();
    return new Builder();
  }

  /**
   * Writes the message with its content encrypted, reading it once.
   *
   * @throws MailException.KeyUnusable if a certificate has expired or is not yet valid
   * @throws MailException.InvalidMessage if the message is not made of lines ended by CRLF
   * @throws IOException if the message cannot be read or encrypted, or the result not be written
   */
  @Override
  public void seal(Content message, OutputStream sealed) throws IOException {
    if (!expiredAllowed) {
      recipients.forEach(each -> CertificateRules.requireValid(each, clock.instant()));
    }
    try (SmimeEntity entity = SmimeEntity.open(message)) {
      entity.writeOuterFields(sealed);
      String head =
          "MIME-Version: 1.0\r\n"
              + "Content-Type: application/pkcs7-mime; name=\"smime.p7m\";\r\n"
              + (" smime-type=" + cipher.smimeType() + "\r\n")
              + "Content-Transfer-Encoding: base64\r\n"
              + "Content-Disposition: attachment; filename=\"smime.p7m\"\r\n\r\n";
      sealed.write(head.getBytes(US_ASCII));
      OutputStream base64 = Base64.getMimeEncoder(LINE, CRLF).wrap(new LeftOpen(sealed));
      OutputStream envelope = EnvelopeWriter.open(recipients, cipher, random, base64);
      entity.writeTo(envelope);
      envelope.close();
      base64.close();
      sealed.write(CRLF);
    }
  }

  @Override
  public String toString() {
    return "SmimeEncrypter[" + cipher + " for " + recipients.size() + "]";
  }

  /** The end of the envelope is not the end of the message. */
  private static final class LeftOpen extends FilterOutputStream {
    LeftOpen(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() {}
  }

  /** Builds a {@link SmimeEncrypter}; not safe for use by several threads. */
  public static final class Builder {
    private final Set<X509Certificate> recipients = new LinkedHashSet<>();
    private SmimeCipher cipher = SmimeCipher.AES_256_CBC;
    private Clock clock = Clock.systemUTC();
    private SecureRandom random = new SecureRandom();
    private boolean expiredAllowed;

    private Builder() {}

    /**
     * Adds whose keys can read the message.
     *
     * @throws MailException.KeyUnusable if mail may not be encrypted for one of them
     */
    public Builder recipients(X509Certificate... certificates) {
      return recipients(Arrays.asList(certificates));
    }

    /**
     * Adds whose keys can read the message.
     *
     * @throws MailException.KeyUnusable if mail may not be encrypted for one of them
     */
    public Builder recipients(Collection<X509Certificate> certificates) {
      List<X509Certificate> copy = new ArrayList<>(certificates);
      copy.forEach(CertificateRules::requireEncryption);
      recipients.addAll(copy);
      return this;
    }

    /** Sets how it is enciphered; AES-256 in CBC mode, which all programs read, if not. */
    public Builder cipher(SmimeCipher how) {
      cipher = how;
      return this;
    }

    /** Sets the clock that validity is read from; the system's if not. */
    public Builder clock(Clock now) {
      clock = now;
      return this;
    }

    /** Sets what the keys of messages are made of; the system's if not. */
    public Builder random(SecureRandom source) {
      random = source;
      return this;
    }

    /** Encrypts also for certificates before and after their time. */
    public Builder allowExpired() {
      expiredAllowed = true;
      return this;
    }

    /**
     * Returns the encrypter.
     *
     * @throws IllegalArgumentException if there is no certificate
     */
    public SmimeEncrypter build() {
      if (recipients.isEmpty()) {
        throw new IllegalArgumentException("a recipient's certificate is missing");
      }
      return new SmimeEncrypter(this);
    }
  }
}
