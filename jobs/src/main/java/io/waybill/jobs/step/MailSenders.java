package io.waybill.jobs.step;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.Connection;
import io.waybill.jobs.Connections;
import io.waybill.mail.MailSender;
import io.waybill.mail.mime.MessagePreparer;
import io.waybill.mail.outbox.OutboxAccounts;
import io.waybill.mail.smtp.SmtpSender;
import io.waybill.transfer.WireTap;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import javax.net.SocketFactory;

/**
 * The one sender of each smtp connection: all steps, and what sends in the background, share its
 * connections and its limits.
 */
public final class MailSenders implements OutboxAccounts, AutoCloseable {
  private final Connections connections;
  private final Function<CancelScope, SocketFactory> sockets;
  private final WireTap tap;
  private final Clock clock;
  private final CancelScope scope = new CancelScope();
  private final Map<String, MailSender> senders = new HashMap<>();

  public MailSenders(
      Connections connections,
      Function<CancelScope, SocketFactory> sockets,
      WireTap tap,
      Clock clock) {
    this.connections = connections;
    this.sockets = sockets;
    this.tap = tap;
    this.clock = clock;
  }

  /** Returns what composes and signs the messages of a connection. */
  public static MessagePreparer preparer(Connection.Outgoing connection, Clock clock) {
    MessagePreparer.Builder preparer = MessagePreparer.builder().clock(clock);
    connection.submission().messageIdDomain().ifPresent(preparer::messageIdDomain);
    return preparer.build();
  }

  /** Returns a sender of its own for a connection; the caller closes it. */
  public static MailSender one(
      Connection.Outgoing connection, SocketFactory sockets, WireTap tap, Clock clock) {
    return SmtpSender.lazy(
        MailAccounts.of(connection, sockets, tap), preparer(connection, clock), clock);
  }

  /** Returns the sender of a connection; it connects when there is something to send. */
  synchronized MailSender of(Connection.Outgoing connection) {
    return senders.computeIfAbsent(
        connection.name(), name -> one(connection, sockets.apply(scope), tap, clock));
  }

  @Override
  public Optional<MailSender> sender(String account) {
    return outgoing(account).map(this::of);
  }

  @Override
  public int connections(String account) {
    return outgoing(account).map(via -> via.submission().limits().connections()).orElse(1);
  }

  private Optional<Connection.Outgoing> outgoing(String account) {
    return connections
        .find(account)
        .filter(Connection.Outgoing.class::isInstance)
        .map(Connection.Outgoing.class::cast);
  }

  /** Closes all of them; what is under way is cut. */
  @Override
  public synchronized void close() {
    senders.values().forEach(MailSender::close);
    scope.cancel(CancelScope.Cause.SHUTDOWN);
  }
}
