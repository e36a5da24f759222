package io.waybill.jobs;

import io.waybill.jobs.Connection.Proxy;
import io.waybill.jobs.Connection.Trust;
import io.waybill.mail.SendLimits;
import io.waybill.mail.SentCopy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How mail is handed to a server, beyond where it is and who logs in. */
public final class Submission {
  /** What holds where nothing was said. */
  public static final Submission USUAL = builder().build();

  private final Trust trust;
  private final SendLimits limits;
  private final @Nullable String ehloName;
  private final @Nullable String messageIdDomain;
  private final List<Dkim> dkim;
  private final @Nullable Filing filing;
  private final @Nullable Proxy proxy;

  private Submission(Builder builder) {
    trust = builder.trust;
    limits = builder.limits;
    ehloName = builder.ehloName;
    messageIdDomain = builder.messageIdDomain;
    dkim = List.copyOf(builder.dkim);
    filing = builder.filing;
    proxy = builder.proxy;
  }

  /**
   * A DKIM signature.
   *
   * @param domain that vouches for the message
   * @param selector under which the domain's public key is found
   * @param key the private key as PEM
   */
  public record Dkim(String domain, String selector, Secret key) {}

  /**
   * Where copies of what was sent are kept.
   *
   * @param mailbox the name of an imap connection
   * @param folder of it; the usual one for sent mail if empty
   * @param when whether they are filed; where never, the folder is only looked into to find out
   *     what became of a message
   */
  public record Filing(String mailbox, Optional<String> folder, SentCopy when) {}

  public static Builder builder() {
    return new Builder();
  }

  /** Returns by what the server is known to be the right one; pins are not among it. */
  public Trust trust() {
    return trust;
  }

  public SendLimits limits() {
    return limits;
  }

  /** Returns the name that this end gives itself; empty for an address literal. */
  public Optional<String> ehloName() {
    return Optional.ofNullable(ehloName);
  }

  /** Returns what stands on the right of Message-IDs; empty for the author's domain. */
  public Optional<String> messageIdDomain() {
    return Optional.ofNullable(messageIdDomain);
  }

  /** Returns the signatures to make, in order. */
  public List<Dkim> dkim() {
    return dkim;
  }

  public Optional<Filing> filing() {
    return Optional.ofNullable(filing);
  }

  /** Returns what it goes through; empty for what holds for all. */
  public Optional<Proxy> proxy() {
    return Optional.ofNullable(proxy);
  }

  /** Builds a {@link Submission}. */
  public static final class Builder {
    private Trust trust = new Trust.Public();
    private SendLimits limits = SendLimits.defaults();
    private @Nullable String ehloName;
    private @Nullable String messageIdDomain;
    private final List<Dkim> dkim = new ArrayList<>();
    private @Nullable Filing filing;
    private @Nullable Proxy proxy;

    private Builder() {}

    public Builder trust(Trust knownBy) {
      trust = knownBy;
      return this;
    }

    public Builder limits(SendLimits bounds) {
      limits = bounds;
      return this;
    }

    public Builder ehloName(String name) {
      ehloName = name;
      return this;
    }

    public Builder messageIdDomain(String domain) {
      messageIdDomain = domain;
      return this;
    }

    /** Adds a signature. */
    public Builder dkim(Dkim signature) {
      dkim.add(signature);
      return this;
    }

    public Builder filing(Filing copies) {
      filing = copies;
      return this;
    }

    public Builder proxy(Proxy through) {
      proxy = through;
      return this;
    }

    public Submission build() {
      return new Submission(this);
    }
  }
}
