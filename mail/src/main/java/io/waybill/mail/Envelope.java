package io.waybill.mail;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says where a message really goes (RFC 5321 2.3.1), which its headers need not repeat. */
public final class Envelope {
  private final @Nullable Address sender;
  private final List<Address> recipients;
  private final @Nullable DsnRequest dsn;

  private Envelope(@Nullable Address sender, List<Address> recipients, @Nullable DsnRequest dsn) {
    this.sender = sender;
    this.dsn = dsn;
    this.recipients = List.copyOf(new LinkedHashSet<>(recipients));
    if (this.recipients.isEmpty()) {
      throw new MailException.InvalidMessage("recipients", -1, "are missing: add to, cc or bcc");
    }
    if (this.recipients.size() > MessageParts.MAX_RECIPIENTS) {
      throw new MailException.InvalidMessage(
          "recipients",
          -1,
          "are more than " + MessageParts.MAX_RECIPIENTS + ": send several messages");
    }
  }

  /**
   * Returns an envelope; a recipient named twice is kept once.
   *
   * @param sender the return path, or null for the null sender {@code <>} of automatic replies
   * @throws MailException.InvalidMessage if there is no recipient, or more than 10,000
   */
  public static Envelope of(@Nullable Address sender, List<Address> recipients) {
    return new Envelope(sender, recipients, null);
  }

  /** Returns the return path; empty is the null sender. */
  public Optional<Address> sender() {
    return Optional.ofNullable(sender);
  }

  /** Returns at least one recipient, each once, in the order given. */
  public List<Address> recipients() {
    return recipients;
  }

  /** Returns whether an address needs servers with SMTPUTF8 (RFC 6531). */
  public boolean needsUtf8() {
    return (sender != null && sender.needsUtf8())
        || recipients.stream().anyMatch(Address::needsUtf8);
  }

  /** Returns what is asked about its fate, if anything. */
  public Optional<DsnRequest> dsn() {
    return Optional.ofNullable(dsn);
  }

  /** Returns an envelope from the same sender to other recipients. */
  public Envelope withRecipients(List<Address> others) {
    return new Envelope(sender, others, dsn);
  }

  /** Returns the same envelope with a request to report, or without one for null. */
  public Envelope withDsn(@Nullable DsnRequest request) {
    return new Envelope(sender, recipients, request);
  }

  @Override
  public String toString() {
    return "<" + (sender == null ? "" : sender.address()) + "> -> " + recipients;
  }
}
