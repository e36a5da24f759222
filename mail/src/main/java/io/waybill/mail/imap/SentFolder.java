package io.waybill.mail.imap;

import io.waybill.mail.FrozenMessage;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.net.CallGuard;
import io.waybill.mail.net.LoginGuard;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.angus.mail.iap.ProtocolException;
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
  private final Optional<String> name;
  private final String server;
  private final ImapErrors errors;
  private final LoginGuard logins;

  private SentFolder(MailAccount account, Optional<String> name) {
    if (account.user().isEmpty()) {
      throw new IllegalArgumentException("a mailbox needs a user");
    }
    this.account = account;
    this.name = name;
    this.server = ImapConnection.server(account);
    this.errors = new ImapErrors(account, server);
    this.logins = new LoginGuard(server, account.user().orElseThrow(), Clock.systemUTC());
  }

  /**
   * Returns the folder of that name, which must exist; nothing is connected yet.
   *
   * @throws IllegalArgumentException if the account has no user
   */
  public static SentFolder of(MailAccount account, String name) {
    return new SentFolder(account, Optional.of(name));
  }

  /**
   * Returns the folder that the server marks as the one for sent mail (RFC 6154), else the one
   * called Sent, which is made with the first copy; nothing is connected yet.
   *
   * @throws IllegalArgumentException if the account has no user
   */
  public static SentFolder usual(MailAccount account) {
    return new SentFolder(account, Optional.empty());
  }

  /**
   * Returns whether the folder holds a message of this Message-ID.
   *
   * @throws MailException.MailboxNotFound if there is no such folder
   * @throws MailException if it cannot be found out
   */
  public boolean contains(String messageId) {
    try (CallGuard guard = CallGuard.start(LOOK_DEADLINE)) {
      return call(guard, "search in ", (mailbox, folder) -> mailbox.contains(folder, messageId));
    }
  }

  /**
   * Adds a copy, marked as read, exactly as it was sent. The message is streamed.
   *
   * @throws MailException.MailboxNotFound if a folder of a given name does not exist
   * @throws MailException if the server does not take it
   */
  public void append(FrozenMessage message) {
    Duration deadline = LOOK_DEADLINE.plusSeconds(message.sizeBytes() / (64 * 1024));
    try (CallGuard guard = CallGuard.start(deadline)) {
      append(message, guard);
    }
  }

  void append(FrozenMessage message, CallGuard guard) {
    file(message, guard, false);
  }

  /** Adds a copy unless there is one already: the server, or a call before, may have filed it. */
  void appendIfAbsent(FrozenMessage message, CallGuard guard) {
    file(message, guard, true);
  }

  private void file(FrozenMessage message, CallGuard guard, boolean looksFirst) {
    boolean isAdded =
        call(
            guard,
            "append to ",
            (mailbox, folder) -> {
              if (name.isEmpty() && !mailbox.exists(folder)) {
                mailbox.create(folder);
              } else if (looksFirst && mailbox.contains(folder, message.messageId())) {
                return false;
              }
              mailbox.append(folder, message);
              return true;
            });
    log.debug("imap.filed folder={} message-id={} added={}", this, message.messageId(), isAdded);
  }

  @FunctionalInterface
  private interface Work {
    boolean on(ImapConnection mailbox, String folder) throws ProtocolException, IOException;
  }

  private boolean call(CallGuard guard, String during, Work work) {
    String stage = "login";
    try {
      ImapConnection connection = ImapConnection.open(account, logins, guard);
      try {
        stage = "list";
        String folder = name.isPresent() ? name.get() : connection.usualSentFolder();
        stage = during + folder;
        return work.on(connection, folder);
      } finally {
        connection.close();
      }
    } catch (ProtocolException | IOException e) {
      throw errors.translate(e, stage, guard);
    }
  }

  void forgive() {
    logins.forgive();
  }

  @Override
  public String toString() {
    return name.orElse("the folder of sent mail") + " at " + server;
  }
}
