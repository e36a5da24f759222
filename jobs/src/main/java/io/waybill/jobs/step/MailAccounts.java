package io.waybill.jobs.step;

import io.waybill.jobs.Connection;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Submission;
import io.waybill.jobs.net.ScopedSockets;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.pem.Pem;
import io.waybill.transfer.WireTap;
import io.waybill.transfer.trace.TracedSockets;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Makes the mail module's accounts from connections. */
public final class MailAccounts {
  private MailAccounts() {}

  /** Returns the account of a connection, whose proxy counts before that of all sockets. */
  public static MailAccount of(Connection.Outgoing connection, SocketFactory sockets, WireTap tap) {
    Submission how = connection.submission();
    MailAccount.Builder account =
        withoutLogin(connection, connection.tls(), through(connection, sockets))
            .tap(socket -> TracedSockets.connected(socket, tap, "smtp", true))
            .limits(how.limits());
    connection.login().ifPresent(login -> account.user(login.user()).password(login.password()));
    how.ehloName().ifPresent(account::ehloName);
    how.mechanism().ifPresent(account::mechanism);
    if (how.trust() instanceof Connection.Trust.Authority authority) {
      account.sslContext(trusting(authority.pem()));
    }
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

  private static SocketFactory through(Connection connection, SocketFactory sockets) {
    return Way.proxyOf(connection)
        .filter(proxy -> sockets instanceof ScopedSockets.Factory)
        .<SocketFactory>map(proxy -> ((ScopedSockets.Factory) sockets).through(proxy))
        .orElse(sockets);
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

  private static SSLContext trusting(Path pem) {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      List<X509Certificate> authorities = Pem.certificates(pem);
      for (int i = 0; i < authorities.size(); i++) {
        store.setCertificateEntry("authority-" + i, authorities.get(i));
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new JobException.Configuration("cannot trust the authorities of " + pem + ": " + e, e);
    }
  }
}
