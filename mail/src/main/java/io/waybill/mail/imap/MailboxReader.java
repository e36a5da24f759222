package io.waybill.mail.imap;

import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.net.AsyncCall;
import io.waybill.mail.net.CallGuard;
import jakarta.mail.MessagingException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads messages of one account over one connection, kept open between calls. Threads take turns.
 *
 * <p>Reading changes nothing: folders are opened with EXAMINE, bodies are fetched with BODY.PEEK,
 * and no message becomes "seen".
 */
public final class MailboxReader implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MailboxReader.class);
  private static final Duration CONNECT_DEADLINE = Duration.ofMinutes(2);
  private static final Duration FETCH_DEADLINE = Duration.ofMinutes(10);

  private final MailAccount account;
  private final String server;
  private final ImapErrors errors;
  private final ReentrantLock turn = new ReentrantLock();
  private volatile @Nullable ImapConnection connection;
  private volatile boolean closed;

  private MailboxReader(MailAccount account) {
    this.account = account;
    this.server = account.host() + ":" + ImapConnection.port(account);
    this.errors = new ImapErrors(account, server);
  }

  /**
   * Connects and logs in.
   *
   * @throws IllegalArgumentException if the account has no user
   * @throws MailException.ConnectFailed if nothing answers there
   * @throws MailException.TlsFailed if the connection cannot be protected as the account demands
   * @throws MailException.AuthenticationFailed if the login is refused
   */
  public static MailboxReader connect(MailAccount account) {
    if (account.user().isEmpty()) {
      throw new IllegalArgumentException("a mailbox needs a user and a password");
    }
    MailboxReader reader = new MailboxReader(account);
    try (CallGuard guard = CallGuard.start(CONNECT_DEADLINE)) {
      try {
        reader.connection = ImapConnection.open(account, reader.server, guard);
        return reader;
      } catch (MessagingException e) {
        throw reader.errors.translate(e, "login", guard);
      }
    }
  }

  /**
   * Returns what matches, lowest UIDs first, within ten minutes. The caller closes each mail.
   *
   * @throws MailException.MailboxNotFound if there is no such folder
   * @throws MailException.TimedOut if the server was too slow
   * @throws MailException.ConnectionLost if the connection broke
   */
  public List<InboundMail> fetch(FetchSpec spec) {
    return fetch(spec, FETCH_DEADLINE);
  }

  /**
   * Returns what matches, or gives up at the deadline by closing the connection.
   *
   * @throws MailException as {@link #fetch(FetchSpec)}
   */
  public List<InboundMail> fetch(FetchSpec spec, Duration deadline) {
    try (CallGuard guard = CallGuard.start(deadline)) {
      return inTurn(spec, guard);
    }
  }

  /** Fetches on another thread; cancelling the future closes the connection. */
  public CompletableFuture<List<InboundMail>> fetchAsync(FetchSpec spec) {
    return AsyncCall.start("waybill-mail-fetch", FETCH_DEADLINE, guard -> inTurn(spec, guard));
  }

  private List<InboundMail> inTurn(FetchSpec spec, CallGuard guard) {
    try {
      if (!turn.tryLock(guard.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
        throw new MailException.TimedOut(server, "waiting for the connection", null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MailException.Cancelled(server, "waiting for the connection", e);
    }
    try {
      return fetch(spec, guard);
    } finally {
      turn.unlock();
    }
  }

  private List<InboundMail> fetch(FetchSpec spec, CallGuard guard) {
    if (closed) {
      throw new IllegalStateException("the reader is closed");
    }
    String during = "login";
    ImapConnection current = connection;
    try {
      if (current != null && !current.isAlive()) {
        current.abort();
        current = null;
      }
      if (current == null) {
        current = ImapConnection.open(account, server, guard);
        connection = current;
      }
      current.watchedBy(guard);
      during = "fetch from " + spec.folder();
      return current.fetch(spec);
    } catch (MessagingException | IOException e) {
      discard(e);
      if (closed) {
        throw new MailException.Cancelled(server, during, e);
      }
      throw errors.translate(e, during, guard);
    }
  }

  private void discard(Exception failure) {
    ImapConnection current = connection;
    connection = null;
    if (current == null) {
      return;
    }
    try {
      current.abort();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public void close() {
    closed = true;
    ImapConnection current = connection;
    if (current == null) {
      return;
    }
    boolean mine = turn.tryLock();
    try {
      if (mine) {
        current.close();
      } else {
        current.abort();
      }
    } catch (MessagingException | IOException e) {
      // What was read was returned; a goodbye that fails changes nothing.
      log.debug("imap.logout-failed server={} error={}", server, e.toString());
    } finally {
      if (mine) {
        turn.unlock();
      }
    }
  }
}
