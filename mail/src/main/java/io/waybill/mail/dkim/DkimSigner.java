package io.waybill.mail.dkim;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.waybill.mail.MailException;
import io.waybill.mail.MessageSeal;
import io.waybill.mail.mime.RawField;
import io.waybill.mail.mime.RawMessage;
import io.waybill.mail.pem.Pem;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.IDN;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts a DKIM signature on top of a message: rsa-sha256 or ed25519-sha256, relaxed/relaxed, the
 * whole body (RFC 6376, RFC 8301, RFC 8463). Safe for use by several threads.
 *
 * <p>It is the last seal: whatever changes the message later breaks the signature. Two signers, one
 * with each kind of key and each with its own selector, may follow one another; verifiers that do
 * not know Ed25519 then use the other.
 *
 * <p>Signed are From, Reply-To, Subject, Date, To, Cc, Message-ID, MIME-Version, Content-Type,
 * Content-Transfer-Encoding, In-Reply-To, References, Auto-Submitted and every List-* field. Nobody
 * can add another of the first six, nor a second of the six that follow, without breaking it.
 *
 * <p>The domain need not be that of From, but receivers that follow DMARC (RFC 7489 3.1.1) count
 * only a signature whose domain is the author's, or shares its registered domain.
 */
public final class DkimSigner implements MessageSeal {
  private final String domain;
  private final String selector;
  private final Supplier<DkimKey> key;
  private final @Nullable PublicKey publicKey;
  private final @Nullable String identity;
  private final @Nullable Clock clock;
  private final @Nullable Duration lifetime;

  private DkimSigner(Builder builder) {
    domain = present(builder.domain, "domain");
    selector = present(builder.selector, "selector");
    PrivateKey fixed = builder.key;
    Supplier<String> pem = builder.pem;
    if ((fixed == null) == (pem == null)) {
      throw new IllegalArgumentException("one key is needed, as an object or as PEM text");
    }
    if (builder.lifetime != null && builder.clock == null) {
      throw new IllegalArgumentException("a lifetime needs a clock: set signedAt");
    }
    String name = "DKIM key of " + recordName();
    if (fixed != null) {
      DkimKey checked = DkimKey.of(name, fixed);
      key = () -> checked;
    } else {
      Supplier<String> text = present(pem, "key");
      key = () -> DkimKey.of(name, Pem.privateKey(name, text.get()));
    }
    String publicPem = builder.publicPem;
    publicKey = publicPem == null ? builder.publicKey : Pem.publicKey(name, publicPem);
    identity = builder.identity == null ? null : within(domain, builder.identity);
    clock = builder.clock;
    lifetime = builder.lifetime;
  }

  private static <T> T present(@Nullable T value, String name) {
    if (value == null) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return value;
  }

  /** RFC 6376 3.5: the domain of {@code i=} is that of {@code d=} or below it. */
  private static String within(String domain, String identity) {
    String own = identity.substring(identity.lastIndexOf('@') + 1);
    if (!own.equals(domain) && !own.endsWith("." + domain)) {
      throw new IllegalArgumentException("identity is not of the domain " + domain);
    }
    return identity;
  }

  /** Starts a signer; domain, selector and a key are needed. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Writes the message with a signature on top, reading it twice.
   *
   * @throws MailException.InvalidMessage if it has no From or several (RFC 5322 3.6), or is not
   *     made of lines ended by CRLF
   * @throws MailException.KeyUnusable if the key cannot be read or not sign
   * @throws IOException if the message cannot be read, or the result not be written
   */
  @Override
  public void seal(Content message, OutputStream sealed) throws IOException {
    sealed.write(signature(message).getBytes(ISO_8859_1));
    try (InputStream in = message.open()) {
      in.transferTo(sealed);
    }
  }

  private String signature(Content content) throws IOException {
    try (RawMessage message = RawMessage.open(content)) {
      List<RawField> fields = message.fields();
      long authors = fields.stream().filter(field -> field.isNamed("From")).count();
      if (authors != 1) {
        throw new MailException.InvalidMessage(
            "From", -1, "is there " + authors + " times: DKIM signs a message with one");
      }
      SignedFields signed = SignedFields.of(fields);
      byte[] bodyDigest = RelaxedBody.digest(message.body());
      DkimKey signing = key.get();
      SignatureField field = field(signing, signed.names(), bodyDigest);
      return field.signed(signing.sign(signed.relaxed() + field.unsigned()));
    }
  }

  private SignatureField field(DkimKey signing, List<String> names, byte[] bodyDigest) {
    SignatureField field =
        new SignatureField()
            .tag("v", "1")
            .tag("a", signing.algorithm())
            .tag("c", "relaxed/relaxed")
            .tag("d", domain)
            .tag("s", selector);
    if (identity != null) {
      field.tag("i", identity);
    }
    if (clock != null) {
      long now = clock.instant().getEpochSecond();
      field.tag("t", Long.toString(now));
      if (lifetime != null) {
        field.tag("x", Long.toString(now + lifetime.toSeconds()));
      }
    }
    return field.fields(names).tag("bh", Base64.getEncoder().encodeToString(bodyDigest));
  }

  /**
   * Returns the record to publish, so that verifiers find the public key; asks for the key.
   *
   * @throws MailException.KeyUnusable if the key cannot be read, the public key given is not its,
   *     or it is needed and was not given (Ed25519, and RSA keys without their public exponent)
   */
  public DkimDnsRecord dnsRecord() {
    return new DkimDnsRecord(recordName(), key.get().record(Optional.ofNullable(publicKey)));
  }

  private String recordName() {
    return selector + "._domainkey." + domain;
  }

  @Override
  public String toString() {
    return "DkimSigner[" + recordName() + "]";
  }

  /** Builds a {@link DkimSigner}; not safe for use by several threads. */
  public static final class Builder {
    private static final String LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?";
    private static final Pattern SELECTOR = Pattern.compile(LABEL + "(\\." + LABEL + ")*");
    private static final Pattern DOMAIN = Pattern.compile(LABEL + "(\\." + LABEL + ")+");
    private static final Pattern LOCAL_PART = Pattern.compile("[A-Za-z0-9!#$%&'*+/?^_`{|}~.-]*");

    private @Nullable String domain;
    private @Nullable String selector;
    private @Nullable PrivateKey key;
    private @Nullable Supplier<String> pem;
    private @Nullable PublicKey publicKey;
    private @Nullable String publicPem;
    private @Nullable String identity;
    private @Nullable Clock clock;
    private @Nullable Duration lifetime;

    private Builder() {}

    /**
     * Sets the domain that answers for the message ({@code d=}).
     *
     * @throws IllegalArgumentException if it is no domain name; other scripts than ASCII are
     *     converted (RFC 5891)
     */
    public Builder domain(String name) {
      domain = ascii(name, DOMAIN, "domain");
      return this;
    }

    /**
     * Sets the name of the key below {@code _domainkey} ({@code s=}).
     *
     * @throws IllegalArgumentException if it is no label or labels joined by dots
     */
    public Builder selector(String name) {
      selector = ascii(name, SELECTOR, "selector");
      return this;
    }

    /**
     * Sets the key: Ed25519, or RSA of 1024 bits or more, of which 2048 is right (RFC 8301 3.2).
     */
    public Builder key(PrivateKey privateKey) {
      key = privateKey;
      return this;
    }

    /**
     * Sets where the key's PEM text comes from; it is asked at each message and never kept.
     *
     * <p>Read are {@code BEGIN PRIVATE KEY} and {@code BEGIN RSA PRIVATE KEY}, not encrypted ones.
     */
    public Builder keyPem(Supplier<String> text) {
      pem = text;
      return this;
    }

    /** Sets the public key; only {@link DkimSigner#dnsRecord()} needs it, and not for RSA. */
    public Builder publicKey(PublicKey belongingToTheKey) {
      publicKey = belongingToTheKey;
      return this;
    }

    /** Sets the public key by its PEM text ({@code BEGIN PUBLIC KEY}). */
    public Builder publicKeyPem(String text) {
      publicPem = text;
      return this;
    }

    /**
     * Sets on whose behalf it is signed ({@code i=}): {@code @domain} or {@code local@domain}, the
     * domain that of the signer or below it. Without this call nothing is said.
     *
     * @throws IllegalArgumentException if it has another shape, or a local part that needs quoting
     */
    public Builder identity(String text) {
      int at = text.lastIndexOf('@');
      if (at < 0 || !LOCAL_PART.matcher(text.substring(0, at)).matches()) {
        throw new IllegalArgumentException("identity is not @domain or local@domain in ASCII");
      }
      identity = text.substring(0, at + 1) + ascii(text.substring(at + 1), DOMAIN, "identity");
      return this;
    }

    /** Says when it was signed ({@code t=}), by this clock. Without this call nothing is said. */
    public Builder signedAt(Clock now) {
      clock = now;
      return this;
    }

    /**
     * Ends the signature's life this long after it was made ({@code x=}). A message may wait in an
     * outbox for days, so a short life makes a late delivery fail verification.
     *
     * @throws IllegalArgumentException if it is shorter than a second
     */
    public Builder expiresAfter(Duration life) {
      if (life.compareTo(Duration.ofSeconds(1)) < 0) {
        throw new IllegalArgumentException("expiresAfter is at least a second, not " + life);
      }
      lifetime = life;
      return this;
    }

    /**
     * Returns the signer.
     *
     * @throws IllegalArgumentException if domain, selector or key is missing, there are two keys,
     *     the identity is of another domain, or a lifetime has no clock
     * @throws MailException.KeyUnusable if a key given as an object or a public key cannot be used
     */
    public DkimSigner build() {
      return new DkimSigner(this);
    }

    private static String ascii(String name, Pattern shape, String what) {
      String ascii;
      try {
        ascii = IDN.toASCII(name).toLowerCase(Locale.ROOT);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(what + " is refused by IDNA: " + name, e);
      }
      if (!shape.matcher(ascii).matches() || ascii.length() > 253) {
        throw new IllegalArgumentException(what + " is no domain name: " + name);
      }
      return ascii;
    }
  }
}
