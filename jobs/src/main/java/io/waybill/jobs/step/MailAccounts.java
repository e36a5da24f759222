package io.waybill.jobs.step;

import io.waybill.jobs.Connection;
import io.waybill.jobs.Connection.Trust;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Submission;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.imap.SentFolder;
import io.waybill.transfer.WireTap;
import io.waybill.transfer.trace.TracedSockets;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** Makes the mail module's accounts from connections. */
public final class MailAccounts {
  private final Supplier<Connections> connections;
  private final WireTap tap;
  private final MailProofs proofs;

  /**
   * Prepares.
   *
   * @param connections where the mailboxes of sent copies are looked up, when there is one
   * @param tap is told what connections say
   * @param tokens proves who logs in without a password
   */
  public MailAccounts(Supplier<Connections> connections, WireTap tap, MailTokens tokens) {
    this.connections = connections;
    this.tap = tap;
    this.proofs = new MailProofs(tokens);
  }

  /**
   * Returns the account of a connection, whose proxy counts before that of all sockets.
   *
   * @throws JobException.Configuration if the authorities to trust cannot be read
   */
  public MailAccount of(Connection.Outgoing connection, SocketFactory sockets) {
    Submission how = connection.submission();
    MailAccount.Builder account =
        withoutLogin(connection, connection.tls(), how.trust(), Way.through(connection, sockets))
            .tap(socket -> TracedSockets.connected(socket, tap, "smtp", true))
            .limits(how.limits());
    connection.login().ifPresent(login -> proofs.add(connection, login, account));
    how.ehloName().ifPresent(account::ehloName);
    return account.build();
  }

  /**
   * Returns the account of a mailbox to read.
   *
   * @throws JobException.Configuration if the authorities to trust cannot be read
   */
  public MailAccount of(Connection.Mailbox connection, SocketFactory sockets) {
    return mailbox(connection, sockets, proofs);
  }

  /**
   * Returns the folder that holds copies of what a connection sent; empty if none is named.
   *
   * @throws JobException.Configuration if its mailbox is no connection of type imap
   */
  Optional<SentFolder> sentFolder(Connection.Outgoing connection, SocketFactory sockets) {
    return connection
        .submission()
        .filing()
        .map(
            filing -> {
              Connection.Mailbox mailbox =
                  connections.get().require(filing.mailbox(), Connection.Mailbox.class);
              // A message has been accepted when this is asked: that its copy cannot be filed is
              // no more than a warning, as only the mail module's own exceptions are.
              MailAccount account =
                  mailbox(mailbox, sockets, proofs.failingAs(e -> failed(mailbox, e)));
              return filing
                  .folder()
                  .map(folder -> SentFolder.of(account, folder))
                  .orElseGet(() -> SentFolder.usual(account));
            });
  }

  private static MailException failed(Connection.Mailbox mailbox, JobException e) {
    return BackgroundSender.failed(
        mailbox.host() + ":" + mailbox.port(), mailbox.login().user(), e);
  }

  private MailAccount mailbox(Connection.Mailbox connection, SocketFactory sockets, MailProofs by) {
    MailAccount.Builder account =
        withoutLogin(
                connection, connection.tls(), connection.trust(), Way.through(connection, sockets))
            .tap(socket -> TracedSockets.connected(socket, tap, "imap", true))
            .compressed(connection.isCompressed());
    by.add(connection, connection.login(), account);
    return account.build();
  }

  private static MailAccount.Builder withoutLogin(
      Connection connection, Connection.Tls tls, Trust trust, SocketFactory sockets) {
    MailAccount.Builder account =
        MailAccount.builder()
            .host(connection.host())
            .port(connection.port())
            .security(
                switch (tls) {
                  case IMPLICIT -> MailSecurity.IMPLICIT_TLS;
                  case STARTTLS -> MailSecurity.STARTTLS;
                  case OFF -> MailSecurity.PLAINTEXT;
                })
            .socketFactory(sockets);
    return trust instanceof Trust.Authority authority
        ? account.sslContext(trusting(authority))
        : account;
  }

  private static SSLContext trusting(Trust.Authority authority) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {AuthorityFile.of(authority)}, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new JobException.Configuration(
          authority.pem() + " cannot be used to trust a server: " + e.getMessage(), e);
    }
  }
}
