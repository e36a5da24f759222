package io.waybill.jobs.step;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.Connection;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobException;
import io.waybill.jobs.MailLogin;
import io.waybill.jobs.Submission;
import io.waybill.mail.FrozenSender;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSender;
import io.waybill.mail.MessageSeal;
import io.waybill.mail.SentCopy;
import io.waybill.mail.dkim.DkimSigner;
import io.waybill.mail.imap.FilingSender;
import io.waybill.mail.imap.SentFolder;
import io.waybill.mail.mime.MessagePreparer;
import io.waybill.mail.outbox.OutboxAccounts;
import io.waybill.mail.smtp.ServerCheck;
import io.waybill.mail.smtp.SmtpSender;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import javax.net.SocketFactory;

/**
 * The one sender of each smtp connection: all steps, and what sends in the background, share its
 * connections and its limits.
 */
public final class MailSenders implements OutboxAccounts, AutoCloseable {
  private volatile Connections connections;
  private final Function<CancelScope, SocketFactory> scoped;
  private final SocketFactory sockets;
  private final MailAccounts accounts;
  private final Clock clock;
  private final CancelScope scope = new CancelScope();
  private final List<MailSender> senders = new ArrayList<>();
  // by what the file says: a run that began with another file keeps to that
  private final Map<Connection.Outgoing, FrozenSender> shared = new HashMap<>();
  private final Map<String, FrozenSender> background = new HashMap<>();
  private final Map<String, Optional<SentFolder>> sentFolders = new HashMap<>();

  public MailSenders(
      Connections connections,
      Function<CancelScope, SocketFactory> sockets,
      MailAccounts accounts,
      Clock clock) {
    this.connections = connections;
    this.scoped = sockets;
    this.sockets = sockets.apply(scope);
    this.accounts = accounts;
    this.clock = clock;
  }

  /** Returns what composes and signs the messages of a connection. */
  public static MessagePreparer preparer(Connection.Outgoing connection, Clock clock) {
    return preparer(connection, List.of(), clock);
  }

  /** Returns the same for messages that are signed in other ways before. */
  static MessagePreparer preparer(
      Connection.Outgoing connection, List<MessageSeal> first, Clock clock) {
    Submission how = connection.submission();
    MessagePreparer.Builder preparer = MessagePreparer.builder().clock(clock);
    how.messageIdDomain().ifPresent(preparer::messageIdDomain);
    List<MessageSeal> seals = new ArrayList<>(first);
    how.dkim().forEach(each -> seals.add(signer(each, clock)));
    return preparer.seals(seals).build();
  }

  private static DkimSigner signer(Submission.Dkim dkim, Clock clock) {
    return DkimSigner.builder()
        .domain(dkim.domain())
        .selector(dkim.selector())
        .keyPem(dkim.key())
        .signedAt(clock)
        .build();
  }

  /**
   * Returns a sender of its own for a connection; the caller closes it.
   *
   * @throws JobException.Configuration if the connection cannot be used as it says
   */
  public static MailSender one(
      Connection.Outgoing connection, SocketFactory sockets, MailAccounts accounts, Clock clock) {
    return SmtpSender.lazy(accounts.of(connection, sockets), preparer(connection, clock), clock);
  }

  /** Returns what sends by that sender and files copies where the connection says so. */
  public static FrozenSender filing(
      MailSender sender,
      Connection.Outgoing connection,
      SocketFactory sockets,
      MailAccounts accounts) {
    SentCopy when =
        connection.submission().filing().map(Submission.Filing::when).orElse(SentCopy.NEVER);
    return when == SentCopy.NEVER
        ? sender
        : accounts
            .sentFolder(connection, sockets)
            .<FrozenSender>map(folder -> new FilingSender(sender, folder, when))
            .orElse(sender);
  }

  /**
   * Returns what sends for a connection, and files; it connects when there is something to send.
   *
   * @throws JobException.Configuration if the connection cannot be used as it says
   */
  synchronized FrozenSender of(Connection.Outgoing connection) {
    FrozenSender known = shared.get(connection);
    if (known != null) {
      return known;
    }
    MailSender sender = one(connection, sockets, accounts, clock);
    senders.add(sender);
    FrozenSender filing = filing(sender, connection, sockets, accounts);
    shared.put(connection, filing);
    return filing;
  }

  /**
   * Takes other connections over. What is being sent goes on; the senders of old ones are closed
   * with the others, at the end, and hold no connection for long until then.
   */
  public synchronized void replace(Connections others) {
    connections = others;
    background.clear();
    sentFolders.clear();
    shared.keySet().removeIf(known -> !others.find(known.name()).equals(Optional.of(known)));
  }

  /**
   * Logs in for a connection and leaves.
   *
   * @throws MailException if that cannot be
   */
  void check(Connection.Outgoing connection, CancelScope scope, Duration deadline) {
    MailAccount account = accounts.of(connection, scoped.apply(scope));
    Optional<MailException> failure = ServerCheck.run(account, deadline).failure();
    if (failure.isPresent()) {
      throw failure.get();
    }
  }

  @Override
  public synchronized Optional<FrozenSender> sender(String account) {
    return outgoing(account)
        .map(via -> background.computeIfAbsent(account, name -> inBackground(via)));
  }

  private FrozenSender inBackground(Connection.Outgoing via) {
    return new BackgroundSender(server(via), user(via), () -> of(via));
  }

  @Override
  public int connections(String account) {
    return outgoing(account).map(via -> via.submission().limits().connections()).orElse(1);
  }

  @Override
  public boolean isInSentFolder(String account, String messageId) {
    Optional<Connection.Outgoing> via = outgoing(account);
    try {
      return via.flatMap(this::sentFolder)
          .orElseThrow(() -> new MailException.MailboxNotFound(account, "sent-copy", List.of()))
          .contains(messageId);
    } catch (JobException e) {
      throw BackgroundSender.failed(account, via.map(MailSenders::user).orElse(""), e);
    }
  }

  /** One for all questions: what it knows of refused logins must not be forgotten. */
  private synchronized Optional<SentFolder> sentFolder(Connection.Outgoing via) {
    return sentFolders.computeIfAbsent(via.name(), name -> accounts.sentFolder(via, sockets));
  }

  private Optional<Connection.Outgoing> outgoing(String account) {
    return connections
        .find(account)
        .filter(Connection.Outgoing.class::isInstance)
        .map(Connection.Outgoing.class::cast);
  }

  private static String server(Connection.Outgoing via) {
    return via.host() + ":" + via.port();
  }

  private static String user(Connection.Outgoing via) {
    return via.login().map(MailLogin::user).orElse("");
  }

  /** Closes all of them; what is under way is cut. */
  @Override
  public synchronized void close() {
    senders.forEach(MailSender::close);
    scope.cancel(CancelScope.Cause.SHUTDOWN);
  }
}
