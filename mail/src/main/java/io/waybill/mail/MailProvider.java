package io.waybill.mail;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Knows what is public about a large provider: where its servers are, and what they bear. Who has
 * agreed on more with one of them sets other limits.
 */
public final class MailProvider {
  /** Gmail: 100 recipients a message over SMTP and 500 a day; files what it sent by itself. */
  public static final MailProvider GMAIL =
      new MailProvider(
          "gmail",
          new Host("smtp.gmail.com", 465, MailSecurity.IMPLICIT_TLS),
          new Host("imap.gmail.com", 993, MailSecurity.IMPLICIT_TLS),
          SendLimits.builder().connections(5).recipientsPerDay(500).build(),
          true);

  /**
   * Exchange Online: 3 connections, 30 messages a minute, 10,000 recipients a day; files what it
   * sent by itself.
   */
  public static final MailProvider OFFICE365 =
      new MailProvider(
          "office365",
          new Host("smtp.office365.com", 587, MailSecurity.STARTTLS),
          new Host("outlook.office365.com", 993, MailSecurity.IMPLICIT_TLS),
          SendLimits.builder()
              .connections(3)
              .recipientsPerMessage(500)
              .messagesPerMinute(30)
              .recipientsPerDay(10_000)
              .build(),
          true);

  /** iCloud: 500 recipients a message, 1,000 a day. */
  public static final MailProvider ICLOUD =
      new MailProvider(
          "icloud",
          new Host("smtp.mail.me.com", 587, MailSecurity.STARTTLS),
          new Host("imap.mail.me.com", 993, MailSecurity.IMPLICIT_TLS),
          SendLimits.builder()
              .connections(2)
              .recipientsPerMessage(500)
              .recipientsPerDay(1_000)
              .build(),
          false);

  /** Amazon SES: a host for each region, which the caller names; 50 recipients a message. */
  public static final MailProvider SES =
      new MailProvider(
          "ses",
          new Host("", 465, MailSecurity.IMPLICIT_TLS),
          new Host("", 993, MailSecurity.IMPLICIT_TLS),
          SendLimits.builder().connections(10).recipientsPerMessage(50).build(),
          false);

  /** Any other: the caller names the host; the usual ports, the default limits. */
  public static final MailProvider GENERIC =
      new MailProvider(
          "generic",
          new Host("", 0, MailSecurity.IMPLICIT_TLS),
          new Host("", 0, MailSecurity.IMPLICIT_TLS),
          SendLimits.defaults(),
          false);

  private static final List<MailProvider> ALL = List.of(GMAIL, OFFICE365, ICLOUD, SES, GENERIC);

  private final String name;
  private final Host smtp;
  private final Host imap;
  private final SendLimits limits;
  private final boolean filesSent;

  private MailProvider(String name, Host smtp, Host imap, SendLimits limits, boolean filesSent) {
    this.name = name;
    this.smtp = smtp;
    this.imap = imap;
    this.limits = limits;
    this.filesSent = filesSent;
  }

  /** Returns the provider of a name such as {@code office365}, in whatever case. */
  public static Optional<MailProvider> named(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return ALL.stream().filter(provider -> provider.name.equals(lower)).findFirst();
  }

  /** Returns all of them. */
  public static List<MailProvider> all() {
    return ALL;
  }

  /** Returns the name in lower case. */
  public String name() {
    return name;
  }

  /** Returns the host for sending; empty where the caller must know it. */
  public Optional<String> smtpHost() {
    return Optional.of(smtp.name).filter(host -> !host.isEmpty());
  }

  /**
   * Returns the host for reading; empty where the caller must know it, or there are no mailboxes.
   */
  public Optional<String> imapHost() {
    return Optional.of(imap.name).filter(host -> !host.isEmpty());
  }

  /** Starts an account for sending; where the host is not known here it must be set. */
  public MailAccount.Builder smtp() {
    return account(smtp).limits(limits);
  }

  /** Starts an account for reading; where the host is not known here it must be set. */
  public MailAccount.Builder imap() {
    return account(imap);
  }

  /** Returns how much the provider lets one account send. */
  public SendLimits limits() {
    return limits;
  }

  /** Returns whether the provider puts a copy of what it was sent into the Sent folder itself. */
  public boolean filesSent() {
    return filesSent;
  }

  @Override
  public String toString() {
    return name;
  }

  private static MailAccount.Builder account(Host host) {
    MailAccount.Builder account = MailAccount.builder().security(host.security);
    if (!host.name.isEmpty()) {
      account.host(host.name);
    }
    return host.port == 0 ? account : account.port(host.port);
  }

  private record Host(String name, int port, MailSecurity security) {}
}
