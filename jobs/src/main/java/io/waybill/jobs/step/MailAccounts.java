package io.waybill.jobs.step;

import io.waybill.jobs.Connection;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailSecurity;
import io.waybill.transfer.WireTap;
import io.waybill.transfer.trace.TracedSockets;
import javax.net.SocketFactory;

/** Makes the mail module's accounts from connections. */
final class MailAccounts {
  private MailAccounts() {}

  static MailAccount of(Connection.Outgoing connection, SocketFactory sockets, WireTap tap) {
    MailAccount.Builder account =
        withoutLogin(connection, connection.tls(), sockets)
            .tap(socket -> TracedSockets.connected(socket, tap, "smtp", true));
    connection.login().ifPresent(login -> account.user(login.user()).password(login.password()));
    return account.build();
  }

  static MailAccount of(Connection.Mailbox connection, SocketFactory sockets, WireTap tap) {
    return withoutLogin(
            connection,
            connection.tls(),
            TracedSockets.over(sockets, tap, "imap", connection.port()))
        .user(connection.user())
        .password(connection.password())
        .build();
  }

  private static MailAccount.Builder withoutLogin(
      Connection connection, Connection.Tls tls, SocketFactory sockets) {
    return MailAccount.builder()
        .host(connection.host())
        .port(connection.port())
        .security(
            switch (tls) {
              case IMPLICIT -> MailSecurity.IMPLICIT_TLS;
              case STARTTLS -> MailSecurity.STARTTLS;
              case OFF -> MailSecurity.PLAINTEXT;
            })
        .socketFactory(sockets);
  }
}
