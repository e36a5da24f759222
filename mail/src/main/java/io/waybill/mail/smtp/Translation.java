package io.waybill.mail.smtp;

import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.net.CallGuard;
import java.io.IOException;
import java.net.SocketTimeoutException;

/** The one place where what went wrong on a connection becomes a {@link MailException}. */
final class Translation {
  private final String server;
  private final String user;
  private final boolean isTlsFirst;

  Translation(MailAccount account, String server) {
    this.server = server;
    this.user = account.user().orElse("");
    this.isTlsFirst = account.security() == MailSecurity.IMPLICIT_TLS;
  }

  /**
   * {@code stage} is what was being done, {@code closed} whether the sender was closed meanwhile.
   */
  MailException of(IOException e, String stage, CallGuard guard, boolean closed) {
    if (guard.isCancelled() || closed) {
      return new MailException.Cancelled(server, stage, e);
    }
    if (guard.isExpired()) {
      return new MailException.TimedOut(server, stage + " (total deadline)", e);
    }
    if (e instanceof SmtpFailure failure) {
      return of(failure);
    }
    if (stage.equals("connect")) {
      return new MailException.ConnectFailed(server, e);
    }
    if (e instanceof SocketTimeoutException) {
      return new MailException.TimedOut(
          server,
          stage.equals("greeting") && !isTlsFirst
              ? "greeting; a port that expects TLS from the start says nothing either: is this one (465 mostly)?"
              : stage,
          e);
    }
    return new MailException.ConnectionLost(server, stage, e);
  }

  private MailException of(SmtpFailure failure) {
    String what = String.valueOf(failure.getMessage());
    return switch (failure.kind()) {
      case TLS -> new MailException.TlsFailed(server, what, failure.getCause());
      case LOGIN ->
          new MailException.AuthenticationFailed(server, user, what, failure.isTransient(), null);
      case CONTENT -> new MailException.ContentUnavailable(what, failure);
      case REFUSED ->
          failure.isTransient()
              ? new MailException.Deferred(server, what, failure.reply())
              : new MailException.Refused(server, what, failure.reply());
    };
  }
}
