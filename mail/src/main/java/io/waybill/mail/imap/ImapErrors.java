package io.waybill.mail.imap;

import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.net.CallGuard;
import io.waybill.mail.net.TlsComplaint;
import jakarta.mail.AuthenticationFailedException;
import java.io.EOFException;
import java.net.SocketTimeoutException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.eclipse.angus.mail.iap.BadCommandException;
import org.eclipse.angus.mail.iap.CommandFailedException;
import org.eclipse.angus.mail.util.MailConnectException;

/** Says in this module's words what the wire library reported. */
final class ImapErrors {
  private static final int MAX_CAUSES = 10;

  private final MailAccount account;
  private final String server;

  ImapErrors(MailAccount account, String server) {
    this.account = account;
    this.server = server;
  }

  MailException translate(Exception e, String during, CallGuard guard) {
    if (guard.isCancelled()) {
      return new MailException.Cancelled(server, during, e);
    }
    if (guard.isExpired()) {
      return new MailException.TimedOut(server, during + " (total deadline)", e);
    }
    if (e instanceof AuthenticationFailedException) {
      String why = String.valueOf(e.getMessage());
      return new MailException.AuthenticationFailed(
          server, account.user().orElse(""), why, isTemporary(e), e);
    }
    // Refused or unprotected while TLS was shaken hands for; a hang-up there may pass.
    Optional<SSLException> tls = cause(e, SSLException.class);
    if (tls.isPresent() && cause(e, EOFException.class).isEmpty()) {
      return new MailException.TlsFailed(server, TlsComplaint.of(tls.get()), e);
    }
    if (account.security() == MailSecurity.STARTTLS && isMissingStartTls(e)) {
      return new MailException.TlsFailed(
          server,
          "the server does not offer STARTTLS (removed on the way?); no login was tried",
          e);
    }
    if (e instanceof MailConnectException) {
      return new MailException.ConnectFailed(server, e);
    }
    if (cause(e, SocketTimeoutException.class).isPresent()) {
      return new MailException.TimedOut(server, during, e);
    }
    if (cause(e, CommandFailedException.class).isPresent()
        || cause(e, BadCommandException.class).isPresent()) {
      String what = during + " (" + e.getMessage() + ")";
      return isTemporary(e)
          ? new MailException.Deferred(server, what, null)
          : new MailException.Refused(server, what, null);
    }
    return new MailException.ConnectionLost(server, during, e);
  }

  /** The response codes of RFC 5530 that promise a better answer later. */
  private static boolean isTemporary(Exception e) {
    String text = String.valueOf(e.getMessage());
    return text.contains("[UNAVAILABLE]") || text.contains("[INUSE]") || text.contains("[LIMIT]");
  }

  /** The library has no type for this, only its text. */
  private static boolean isMissingStartTls(Exception e) {
    return String.valueOf(e.getMessage()).contains("STARTTLS");
  }

  private static <T extends Throwable> Optional<T> cause(Throwable e, Class<T> type) {
    Throwable at = e;
    for (int i = 0; i < MAX_CAUSES && at != null; i++) {
      if (type.isInstance(at)) {
        return Optional.of(type.cast(at));
      }
      at = at.getCause();
    }
    return Optional.empty();
  }
}
