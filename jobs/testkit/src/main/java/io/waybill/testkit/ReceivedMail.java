package io.waybill.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/** A message whose final dot a {@link ScriptedSmtpServer} heard, with its envelope. */
public final class ReceivedMail {
  private final String queueId;
  private final SmtpPeer client;
  private final SmtpPath sender;
  private final List<SmtpPath> recipients;
  private final byte[] content;
  private final long sizeBytes;

  ReceivedMail(
      String queueId,
      SmtpPeer client,
      SmtpPath sender,
      List<SmtpPath> recipients,
      SmtpContent content) {
    this.queueId = queueId;
    this.client = client;
    this.sender = sender;
    this.recipients = List.copyOf(recipients);
    this.content = content.kept();
    this.sizeBytes = content.sizeBytes();
  }

  /** Returns the name that the server's reply to the dot gives it; each message has its own. */
  public String queueId() {
    return queueId;
  }

  /** Returns whom it came from. */
  public SmtpPeer client() {
    return client;
  }

  /** Returns who MAIL named, with its parameters. */
  public SmtpPath sender() {
    return sender;
  }

  /** Returns whom the accepted RCPTs named, with their parameters. */
  public List<SmtpPath> recipients() {
    return recipients;
  }

  /** Returns the addresses of {@link #recipients}. */
  public List<String> recipientAddresses() {
    return recipients.stream().map(SmtpPath::address).toList();
  }

  /**
   * Returns the content, byte for byte, with the dots that were doubled single again; shortened if
   * {@link ScriptedSmtpServer#keeping} says so.
   */
  public byte[] content() {
    return content.clone();
  }

  /** Returns {@link #content} read as UTF-8. */
  public String text() {
    return new String(content, UTF_8);
  }

  /** Returns how many bytes the content had, also if not all are kept. */
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public String toString() {
    return "ReceivedMail["
        + queueId
        + ", "
        + sender.address()
        + " to "
        + recipientAddresses()
        + ", "
        + sizeBytes
        + " bytes, "
        + client
        + "]";
  }
}
