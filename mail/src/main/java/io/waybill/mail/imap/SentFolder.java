package io.waybill.mail.imap;

import io.waybill.mail.FrozenMessage;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.net.CallGuard;
import jakarta.mail.MessagingException;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps copies of sent messages in a folder of a mailbox. Each call has a connection of its own.
 * Safe for use by several threads.
 */
public final class SentFolder {
  private static final Logger log = LoggerFactory.getLogger(SentFolder.class);
  private static final Duration LOOK_DEADLINE = Duration.ofMinutes(1);

  private final MailAccount account;
  private final String folder;
  private final String server;
  private final ImapErrors errors;

  private SentFolder(MailAccount account, String folder) {
    this.account = account;
    this.folder = folder;
    this.server = account.host() + ":" + ImapConnection.port(account);
    this.errors = new ImapErrors(account, server);
  }

  /**
   * Returns the folder of that name; nothing is connected yet.
   *
   * @throws IllegalArgumentException if the account has no user
   */
  public static SentFolder of(MailAccount account, String folder) {
    if (account.user().isEmpty()) {
      throw new IllegalArgumentException("a mailbox needs a user");
    }
    return new SentFolder(account, folder);
  }

  /**
   * Returns whether the folder holds a message of this Message-ID.
   *
   * @throws MailException if that cannot be found out
   */
  public boolean contains(String messageId) {
    return call(
        LOOK_DEADLINE, "search in " + folder, connection -> connection.contains(folder, messageId));
  }

  /**
   * Adds a copy, marked as read, exactly as it was sent. The message is streamed.
   *
   * @throws MailException.MailboxNotFound if there is no such folder
   * @throws MailException if the server does not take it
   */
  public void append(FrozenMessage message) {
    boolean isDone =
        call(
            LOOK_DEADLINE.plusSeconds(message.sizeBytes() / (64 * 1024)),
            "append to " + folder,
            connection -> connection.append(folder, message));
    log.debug("imap.filed folder={} message-id={} done={}", folder, message.messageId(), isDone);
  }

  @FunctionalInterface
  private interface Work {
    boolean on(ImapConnection connection) throws MessagingException, IOException;
  }

  private boolean call(Duration deadline, String during, Work work) {
    String stage = "login";
    try (CallGuard guard = CallGuard.start(deadline)) {
      try {
        ImapConnection connection = ImapConnection.open(account, server, guard);
        try {
          stage = during;
          return work.on(connection);
        } finally {
          connection.close();
        }
      } catch (MessagingException | IOException e) {
        throw errors.translate(e, stage, guard);
      }
    }
  }

  @Override
  public String toString() {
    return folder + " at " + server;
  }
}
