package io.waybill.mail.smtp;

import io.waybill.mail.DeliveryJournal;
import io.waybill.mail.FrozenMessage;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSender;
import io.waybill.mail.Message;
import io.waybill.mail.RecipientResult;
import io.waybill.mail.SendReport;
import io.waybill.mail.mime.PreparedMessage;
import io.waybill.mail.net.AsyncCall;
import io.waybill.mail.net.CallGuard;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends over one SMTP connection, kept open between messages. Threads take turns.
 *
 * <p>A connection that the server gave up while it was idle is replaced once, silently, as long as
 * the final dot was not sent.
 */
public final class SmtpSender implements MailSender {
  private static final Logger log = LoggerFactory.getLogger(SmtpSender.class);
  private static final Duration CONNECT_DEADLINE = Duration.ofMinutes(2);
  private static final long LARGEST_USUAL_MESSAGE = 150L * 1024 * 1024;

  private final MailAccount account;
  private final String server;
  private final Clock clock;
  private final ReentrantLock turn = new ReentrantLock();
  private volatile @Nullable SmtpSession session;
  private volatile boolean closed;

  private SmtpSender(MailAccount account, Clock clock) {
    this.account = account;
    this.server = account.host() + ":" + SmtpSession.port(account);
    this.clock = clock;
  }

  /**
   * Connects and logs in.
   *
   * @throws MailException.ConnectFailed if nothing answers there
   * @throws MailException.TlsFailed if the connection cannot be protected as the account demands
   * @throws MailException.AuthenticationFailed if the login is refused or not offered
   * @throws MailException if the server refuses the session in another way
   */
  public static MailSender connect(MailAccount account) {
    return connect(account, Clock.systemUTC());
  }

  /**
   * Connects and logs in; the clock dates messages and reports.
   *
   * @throws MailException as {@link #connect(MailAccount)}
   */
  public static MailSender connect(MailAccount account, Clock clock) {
    SmtpSender sender = new SmtpSender(account, clock);
    try (CallGuard guard = CallGuard.start(CONNECT_DEADLINE)) {
      Progress progress = new Progress();
      try {
        sender.session = SmtpSession.open(account, guard, progress);
      } catch (IOException e) {
        throw sender.translate(e, progress.stage, guard);
      }
    }
    return sender;
  }

  @Override
  public SendReport send(Message message) {
    try (PreparedMessage prepared = PreparedMessage.of(message, clock)) {
      return send(prepared, MailSender.defaultDeadline(prepared.sizeBytes()), DeliveryJournal.NONE);
    }
  }

  @Override
  public SendReport send(Message message, Duration deadline) {
    try (PreparedMessage prepared = PreparedMessage.of(message, clock)) {
      return send(prepared, deadline, DeliveryJournal.NONE);
    }
  }

  @Override
  public SendReport send(FrozenMessage message, Duration deadline, DeliveryJournal journal) {
    try (CallGuard guard = CallGuard.start(deadline)) {
      return inTurn(message, guard, journal);
    }
  }

  @Override
  public CompletableFuture<SendReport> sendAsync(Message message) {
    // The size is known only after composing, which belongs on the other thread: one deadline for
    // the largest message that servers commonly take bounds the whole.
    Duration deadline = MailSender.defaultDeadline(LARGEST_USUAL_MESSAGE);
    return AsyncCall.start(
        "waybill-mail-send",
        deadline,
        guard -> {
          try (PreparedMessage prepared = PreparedMessage.of(message, clock)) {
            return inTurn(prepared, guard, DeliveryJournal.NONE);
          }
        });
  }

  private SendReport inTurn(FrozenMessage message, CallGuard guard, DeliveryJournal journal) {
    try {
      if (!turn.tryLock(guard.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
        throw new MailException.TimedOut(server, "waiting for the connection", null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MailException.Cancelled(server, "waiting for the connection", e);
    }
    try {
      return transact(message, guard, journal);
    } finally {
      turn.unlock();
    }
  }

  private SendReport transact(FrozenMessage message, CallGuard guard, DeliveryJournal journal) {
    Instant startedAt = clock.instant();
    long startNanos = System.nanoTime();
    Progress progress = new Progress();
    while (true) {
      SmtpSession current = null;
      boolean reused = false;
      try {
        current = ready(guard, progress);
        reused = current.isUsed();
        List<RecipientResult> results =
            new SmtpTransaction(current, message, journal, progress).run();
        SendReport report =
            SendReport.builder(message.messageId())
                .recipients(results)
                .content(message.sizeBytes(), message.sha256())
                .server(server, current.tls())
                .timing(startedAt, Duration.ofNanos(System.nanoTime() - startNanos))
                .build();
        log.info(
            "mail.sent message-id={} server={} bytes={} accepted={} recipients={}",
            message.messageId(),
            server,
            message.sizeBytes(),
            report.accepted().size(),
            results.size());
        return report;
      } catch (IOException e) {
        discard(current, e);
        if (!mayStartOver(reused, e, guard)) {
          throw translate(e, progress.stage, guard);
        }
        log.debug("mail.reconnect server={} during=\"{}\"", server, progress.stage);
      } catch (RuntimeException e) {
        discard(current, e);
        throw e;
      }
    }
  }

  /** Only a session that idled since an earlier message may have died of that; a fresh one not. */
  private static boolean mayStartOver(boolean reused, IOException failure, CallGuard guard) {
    boolean gone = !(failure instanceof SmtpFailure said) || said.isTransient();
    return reused
        && gone
        && !(failure instanceof SocketTimeoutException)
        && !guard.isExpired()
        && !guard.isCancelled();
  }

  private SmtpSession ready(CallGuard guard, Progress progress) throws IOException {
    if (closed) {
      throw new IllegalStateException("the sender is closed");
    }
    SmtpSession current = session;
    if (current == null || current.isBroken()) {
      current = SmtpSession.open(account, guard, progress);
      session = current;
    } else {
      guard.watch(current.wire().rawSocket());
    }
    if (closed) {
      current.abort();
    }
    return current;
  }

  private static void discard(@Nullable SmtpSession current, Exception failure) {
    if (current == null) {
      return;
    }
    try {
      current.abort();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private MailException translate(IOException e, String stage, CallGuard guard) {
    if (guard.isCancelled() || closed) {
      return new MailException.Cancelled(server, stage, e);
    }
    if (guard.isExpired()) {
      return new MailException.TimedOut(server, stage + " (total deadline)", e);
    }
    if (e instanceof SmtpFailure failure) {
      return translate(failure);
    }
    if (stage.equals("connect")) {
      return new MailException.ConnectFailed(server, e);
    }
    if (e instanceof SocketTimeoutException) {
      return new MailException.TimedOut(server, stage, e);
    }
    return new MailException.ConnectionLost(server, stage, e);
  }

  private MailException translate(SmtpFailure failure) {
    String what = String.valueOf(failure.getMessage());
    return switch (failure.kind()) {
      case TLS -> new MailException.TlsFailed(server, what, failure.getCause());
      case LOGIN ->
          new MailException.AuthenticationFailed(
              server, account.user().orElse(""), what, failure.isTransient(), null);
      case CONTENT -> new MailException.ContentUnavailable(what, failure);
      case REFUSED ->
          failure.isTransient()
              ? new MailException.Deferred(server, what, failure.reply())
              : new MailException.Refused(server, what, failure.reply());
    };
  }

  @Override
  public void close() {
    closed = true;
    SmtpSession current = session;
    if (current == null || current.isBroken()) {
      return;
    }
    boolean mine = turn.tryLock();
    try {
      if (mine) {
        current.quit();
      } else {
        current.abort();
      }
    } catch (IOException e) {
      // Everything that was to be sent has its report; a goodbye that fails changes none of them.
      log.debug("mail.quit-failed server={} error={}", server, e.toString());
    } finally {
      if (mine) {
        turn.unlock();
      }
    }
  }

  private static final class Progress implements SmtpSession.Stage {
    private String stage = "connect";

    @Override
    public void enter(String what) {
      stage = what;
    }
  }
}
