package io.waybill.mail.imap;

import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.net.CallGuard;
import io.waybill.mail.net.ForeignText;
import io.waybill.mail.net.TlsComplaint;
import java.io.EOFException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.eclipse.angus.mail.iap.BadCommandException;
import org.eclipse.angus.mail.iap.CommandFailedException;
import org.eclipse.angus.mail.util.SocketConnectException;

/** Says in this module's words what the wire library reported. */
final class ImapErrors {
  private static final int MAX_CAUSES = 10;
  private static final int MOST_SHOWN = 300;

  /** Exchange and Gmail refuse logins and commands of who asks too often, without a code. */
  private static final Pattern TEMPORARY =
      Pattern.compile(
          "\\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|THROTTLED)\\]|(?i)request is throttled|too many simultaneous connections|exceeded command or bandwidth limits");

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
    Optional<ImapLogin.Failure> login = cause(e, ImapLogin.Failure.class);
    if (login.isPresent()) {
      return new MailException.AuthenticationFailed(
          server,
          account.user().orElse(""),
          String.valueOf(login.get().getMessage()),
          login.get().isTemporary(),
          e);
    }
    // Refused or unprotected while TLS was shaken hands for; a hang-up there may pass.
    Optional<SSLException> tls = cause(e, SSLException.class);
    if (tls.isPresent() && cause(e, EOFException.class).isEmpty()) {
      return new MailException.TlsFailed(server, TlsComplaint.of(tls.get()), e);
    }
    if (e instanceof ImapConnection.NoStartTls) {
      return new MailException.TlsFailed(server, String.valueOf(e.getMessage()), e);
    }
    Optional<SocketConnectException> connect = cause(e, SocketConnectException.class);
    if (connect.isPresent()) {
      return new MailException.ConnectFailed(server, connect.get().getException());
    }
    if (cause(e, SocketTimeoutException.class).isPresent()) {
      return new MailException.TimedOut(server, during, e);
    }
    if (isAnswer(e)) {
      String text = ForeignText.show(String.valueOf(e.getMessage()), MOST_SHOWN, List.of());
      String what = during + " (" + text + ")";
      return isTemporary(text)
          ? new MailException.Deferred(server, what, null)
          : new MailException.Refused(server, what, null);
    }
    return new MailException.ConnectionLost(server, during, e);
  }

  /** Whether the server said no, and the connection is as it was. */
  static boolean isAnswer(Exception e) {
    return (e instanceof CommandFailedException || e instanceof BadCommandException)
        // what Exchange says when it has lost its way to the mailbox
        && !String.valueOf(e.getMessage()).contains("authenticated but not connected");
  }

  /** The response codes of RFC 5530 that promise a better answer later, and what others say. */
  static boolean isTemporary(String text) {
    return TEMPORARY.matcher(text).find();
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
