package io.waybill.jobs.step;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.Connection;
import io.waybill.jobs.Connection.Tls;
import io.waybill.jobs.Connection.Trust;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.net.Greeting;
import io.waybill.jobs.net.Network;
import io.waybill.jobs.net.TlsLook;
import io.waybill.mail.imap.MailboxReader;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.remote.RemoteTransfer;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.net.SocketFactory;

/** Logs in at a connection, as a job would, and leaves; nothing is read or sent. */
public final class ConnectionCheck {
  private final StepServices services;

  /** Prepares. */
  public ConnectionCheck(StepServices services) {
    this.services = services;
  }

  /**
   * Does it.
   *
   * @param scope can end it
   * @param deadline the longest time, where a server is asked several things
   * @throws io.waybill.mail.MailException if that cannot be
   * @throws io.waybill.transfer.TransferException if that cannot be
   * @throws io.waybill.jobs.JobException.Configuration if a secret or a file of it cannot be had
   */
  public void logIn(Connection connection, CancelScope scope, Duration deadline) {
    if (connection instanceof Connection.Outgoing outgoing) {
      services.mail().check(outgoing, scope, deadline);
    } else if (connection instanceof Connection.Mailbox mailbox) {
      MailboxReader.connect(services.mailboxes().account(mailbox, services.sockets().apply(scope)))
          .close();
    } else {
      logInForFiles(connection, scope);
    }
  }

  private void logInForFiles(Connection connection, CancelScope scope) {
    try (FileTransfer session = Endpoints.connect(connection, services, scope, LinkOptions.USUAL)) {
      if (connection instanceof Connection.Web) {
        session.stat("/"); // a web server lets in with each request
      } else if (session instanceof RemoteTransfer remote) {
        remote.traits("/");
      }
    }
  }

  /**
   * Looks at the certificate that a connection's server shows; nobody logs in for it.
   *
   * @return what there is to say of it; empty where there is no TLS
   * @throws IOException if it shows none
   */
  public Optional<Map<String, Object>> certificate(Connection connection, CancelScope scope)
      throws IOException {
    SocketFactory sockets = Way.through(connection, services.sockets().apply(scope));
    Network network = new Network(connection.host(), connection.port(), sockets);
    if (!isTls(connection)) {
      return Optional.empty();
    }
    try (Socket socket = untilTls(connection, network)) {
      return Optional.of(
          connection instanceof Connection.Hub
              ? TlsLook.atHub(socket, network.host(), network.port())
              : TlsLook.at(socket, network.host(), network.port()));
    }
  }

  private static boolean isTls(Connection connection) {
    if (connection instanceof Connection.Ftp ftp) {
      return ftp.tls() != Tls.OFF;
    }
    if (connection instanceof Connection.Mailbox mailbox) {
      return mailbox.tls() != Tls.OFF;
    }
    if (connection instanceof Connection.Outgoing outgoing) {
      return outgoing.tls() != Tls.OFF;
    }
    if (connection instanceof Connection.Hub hub) {
      return !(hub.trust() instanceof Trust.Plaintext);
    }
    return connection instanceof Connection.Web web && !(web.trust() instanceof Trust.Plaintext);
  }

  private static Socket untilTls(Connection connection, Network network) throws IOException {
    Socket connected = network.connected();
    if (connection instanceof Connection.Ftp ftp && ftp.tls() == Tls.STARTTLS) {
      return Greeting.untilTls(connected);
    }
    if (connection instanceof Connection.Mailbox mailbox && mailbox.tls() == Tls.STARTTLS) {
      return Greeting.untilImapTls(connected);
    }
    if (connection instanceof Connection.Outgoing outgoing && outgoing.tls() == Tls.STARTTLS) {
      return Greeting.untilSmtpTls(connected);
    }
    return connected;
  }
}
