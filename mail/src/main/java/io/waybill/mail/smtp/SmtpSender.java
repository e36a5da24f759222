package io.waybill.mail.smtp;

import io.waybill.mail.DeliveryJournal;
import io.waybill.mail.FrozenMessage;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSender;
import io.waybill.mail.Message;
import io.waybill.mail.RecipientResult;
import io.waybill.mail.Reply;
import io.waybill.mail.SendReport;
import io.waybill.mail.SendTimings;
import io.waybill.mail.mime.MessagePreparer;
import io.waybill.mail.mime.PreparedMessage;
import io.waybill.mail.net.AsyncCall;
import io.waybill.mail.net.CallGuard;
import io.waybill.mail.net.LoginGuard;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends over the SMTP connections of one account: as many at a time as its limits allow, kept open
 * between messages.
 *
 * <p>A connection that breaks, or that the server gives up, before the final dot is replaced once,
 * silently. A refused login stops the account for a while. One sender for an account is the place
 * where its limits hold: share it.
 */
public final class SmtpSender implements MailSender {
  private static final Logger log = LoggerFactory.getLogger(SmtpSender.class);
  private static final Duration CONNECT_DEADLINE = Duration.ofMinutes(2);
  private static final int CLOSING = 421;

  private final String server;
  private final MessagePreparer preparer;
  private final Clock clock;
  private final SmtpPool pool;
  private final SendLimiter limiter;
  private final LoginGuard logins;
  private final Translation translation;
  private volatile boolean closed;

  private SmtpSender(MailAccount account, MessagePreparer preparer, Clock clock) {
    this.preparer = preparer;
    this.server = account.host() + ":" + SmtpSession.port(account);
    this.clock = clock;
    this.pool = new SmtpPool(account);
    this.limiter = new SendLimiter(server, account.limits(), clock);
    String user = account.user().orElse("");
    this.logins = new LoginGuard(server, user, clock);
    this.translation = new Translation(account, server);
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
    SmtpSender sender =
        new SmtpSender(account, MessagePreparer.builder().clock(clock).build(), clock);
    try (CallGuard guard = CallGuard.start(CONNECT_DEADLINE)) {
      sender.pool.giveBack(sender.claim(guard, new Progress(), true).session());
    }
    return sender;
  }

  /**
   * Returns a sender that connects when there is something to send.
   *
   * @param preparer composes, and signs or encrypts, what was not prepared before
   * @param clock dates reports, and counts what limits are about
   */
  public static MailSender lazy(MailAccount account, MessagePreparer preparer, Clock clock) {
    return new SmtpSender(account, preparer, clock);
  }

  /** Returns a sender that connects when there is something to send, and signs nothing. */
  public static MailSender lazy(MailAccount account, Clock clock) {
    return lazy(account, MessagePreparer.builder().clock(clock).build(), clock);
  }

  @Override
  public SendReport send(Message message) {
    try (PreparedMessage prepared = preparer.prepare(message)) {
      return send(prepared, MailSender.defaultDeadline(prepared.sizeBytes()), DeliveryJournal.NONE);
    }
  }

  @Override
  public SendReport send(Message message, Duration deadline) {
    try (PreparedMessage prepared = preparer.prepare(message)) {
      return send(prepared, deadline, DeliveryJournal.NONE);
    }
  }

  @Override
  public SendReport send(FrozenMessage message, Duration deadline, DeliveryJournal journal) {
    try (CallGuard guard = CallGuard.start(deadline)) {
      return transact(message, guard, journal);
    }
  }

  @Override
  public CompletableFuture<SendReport> sendAsync(Message message) {
    // The size is known only after composing, which belongs on the other thread: one deadline for
    // the largest message that may be composed bounds the whole.
    Duration deadline = MailSender.defaultDeadline(preparer.maxSizeBytes());
    return AsyncCall.start(
        "waybill-mail-send",
        deadline,
        guard -> {
          try (PreparedMessage prepared = preparer.prepare(message)) {
            return transact(prepared, guard, DeliveryJournal.NONE);
          }
        });
  }

  @Override
  public CompletableFuture<SendReport> sendAsync(
      FrozenMessage message, Duration deadline, DeliveryJournal journal) {
    return AsyncCall.start(
        "waybill-mail-send", deadline, guard -> transact(message, guard, journal));
  }

  private SendReport transact(FrozenMessage message, CallGuard guard, DeliveryJournal journal) {
    Instant startedAt = clock.instant();
    long startNanos = System.nanoTime();
    Progress progress = new Progress();
    journal.begun(guard::cancel);
    admit(message, guard, progress);
    RecipientResults results = new RecipientResults(message.envelope().recipients());
    int answered = 0;
    for (boolean again = false; ; again = true) {
      long claimNanos = System.nanoTime();
      SmtpPool.Lease lease = claim(guard, progress, again);
      SmtpSession session = lease.session();
      Duration claimed = Duration.ofNanos(System.nanoTime() - claimNanos);
      SmtpDelivery delivery = new SmtpDelivery(session, message, results, journal, progress);
      SendReport.Builder report =
          SendReport.builder(message.messageId())
              .content(message.sizeBytes(), message.sha256())
              .server(server, session.tls());
      try {
        guard.watch(session.wire().rawSocket());
        session.countMessage();
        heed(delivery.run());
        SendTimings waited = new SendTimings(claimed, Duration.ZERO, Duration.ZERO, Duration.ZERO);
        report.timings(delivery.timings().plus(waited));
        report.warnings(delivery.warnings());
      } catch (IOException e) {
        discard(session, e);
        if (!mayStartOver(e, guard)) {
          throw translated(e, progress, guard);
        }
        // A server that hangs up after so many refusals goes on to answer on the next connection.
        boolean isStuck = again && results.answered() == answered;
        answered = results.answered();
        if (!isStuck) {
          log.debug("mail.reconnect server={} during=\"{}\"", server, progress.stage);
          continue;
        }
        if (answered == 0) {
          throw translated(e, progress, guard);
        }
        putOff(results, e);
      } catch (RuntimeException e) {
        discard(session, e);
        throw e;
      } finally {
        guard.unwatch();
        pool.giveBack(session);
      }
      return told(
          report
              .recipients(results.list())
              .timing(startedAt, Duration.ofNanos(System.nanoTime() - startNanos))
              .build());
    }
  }

  /** Of some the answer is known, so this is a report; the others were not reached. */
  private static void putOff(RecipientResults results, IOException failure) {
    if (failure instanceof SmtpFailure said && said.reply() != null) {
      results.refuse(results.notAttempted(), RecipientResult.Phase.RCPT, said.reply());
    }
  }

  private void admit(FrozenMessage message, CallGuard guard, Progress progress) {
    progress.enter("waiting for the account's rate");
    try {
      limiter.admit(message.envelope().recipients().size(), guard);
    } catch (IOException e) {
      throw translation.of(e, progress.stage, guard, closed);
    }
  }

  private SmtpPool.Lease claim(CallGuard guard, Progress progress, boolean fresh) {
    boolean isFirst = logins.enter(guard);
    try {
      SmtpPool.Lease lease = open(guard, progress, fresh);
      if (!lease.isReused()) {
        logins.succeeded();
      }
      return lease;
    } catch (IOException e) {
      throw translated(e, progress, guard);
    } finally {
      if (isFirst) {
        logins.leave();
      }
    }
  }

  private SmtpPool.Lease open(CallGuard guard, Progress progress, boolean fresh)
      throws IOException {
    try {
      return pool.claim(guard, progress, fresh);
    } catch (SmtpFailure | EOFException e) {
      // who hangs up at a login may do so because of it, and is not told the password once more
      if (fresh || progress.stage.equals("AUTH") || !isHungUp(e) || !mayStartOver(e, guard)) {
        throw e;
      }
      log.debug("mail.reconnect server={} during=\"{}\"", server, progress.stage);
      return pool.claim(guard, progress, true);
    }
  }

  /** What a server says, or does not even say, that shuts down or has no room at the moment. */
  private static boolean isHungUp(IOException e) {
    boolean isClosing =
        e instanceof SmtpFailure said && said.reply() != null && said.reply().code() == CLOSING;
    return isClosing || e instanceof EOFException;
  }

  private MailException translated(IOException e, Progress progress, CallGuard guard) {
    if (e instanceof SmtpFailure failure) {
      if (failure.kind() == SmtpFailure.Kind.LOGIN && !failure.isTransient()) {
        logins.refused(String.valueOf(failure.getMessage()));
      }
      heed(failure.reply());
    }
    return translation.of(e, progress.stage, guard, closed);
  }

  /** Only what happened before the final dot comes here, so nothing can be sent twice by it. */
  private boolean mayStartOver(IOException failure, CallGuard guard) {
    boolean gone =
        failure instanceof SmtpFailure said
            ? said.kind() == SmtpFailure.Kind.REFUSED && said.isTransient()
            : !(failure instanceof SocketTimeoutException);
    return gone && !guard.isExpired() && !guard.isCancelled() && !closed;
  }

  /** A server that says how long it wants to be left alone is left alone. */
  private void heed(List<RecipientResult> results) {
    for (RecipientResult result : results) {
      boolean isOfSession =
          result.phase() == RecipientResult.Phase.MAIL
              || result.phase() == RecipientResult.Phase.DATA;
      if (isOfSession && result.status() == RecipientResult.Status.DEFERRED) {
        heed(result.reply().orElse(null));
      }
    }
  }

  private void heed(@Nullable Reply reply) {
    Optional.ofNullable(reply)
        .filter(Reply::isTransient)
        .flatMap(Reply::retryAfter)
        .ifPresent(limiter::pause);
  }

  private SendReport told(SendReport report) {
    log.info(
        "mail.answered message-id={} server={} bytes={} accepted={} recipients={}",
        report.messageId(),
        server,
        report.sizeBytes(),
        report.accepted().size(),
        report.recipients().size());
    return report;
  }

  private static void discard(SmtpSession session, Exception failure) {
    try {
      session.abort();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public void forgive() {
    logins.forgive();
  }

  @Override
  public void close() {
    closed = true;
    limiter.close();
    pool.close();
  }

  private static final class Progress implements SmtpSession.Stage {
    private String stage = "connect";

    @Override
    public void enter(String what) {
      stage = what;
    }
  }
}
