package io.waybill.mail.smtp;

import io.waybill.mail.MailAccount;
import io.waybill.mail.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;

/** Logs in by AUTH (RFC 4954). */
final class SmtpLogin {
  private final SmtpWire wire;

  SmtpLogin(SmtpWire wire) {
    this.wire = wire;
  }

  /** Logs in as the account wants and returns the mechanism. */
  String logIn(MailAccount account, List<String> offered) throws IOException {
    String user = account.user().orElseThrow();
    Supplier<String> source = account.password().orElseThrow();
    Reply reply;
    String mechanism;
    if (offered.contains("PLAIN")) {
      mechanism = "PLAIN";
      reply = secret("AUTH PLAIN " + base64("\0" + user + "\0" + source.get()));
    } else if (offered.contains("LOGIN")) {
      mechanism = "LOGIN";
      reply = secret("AUTH LOGIN");
      if (reply.code() == 334) {
        reply = secret(base64(user));
      }
      if (reply.code() == 334) {
        reply = secret(base64(source.get()));
      }
    } else {
      throw new SmtpFailure(
          SmtpFailure.Kind.LOGIN,
          offered.isEmpty()
              ? "the server offers no AUTH although a user is configured; nothing was sent"
              : "the server offers only AUTH "
                  + String.join(" ", offered)
                  + ", we speak PLAIN and LOGIN",
          null,
          null);
    }
    if (reply.code() != 235) {
      throw new SmtpFailure(SmtpFailure.Kind.LOGIN, "the server answered " + reply, reply, null);
    }
    return mechanism;
  }

  /** Sends a line with credentials in it. A server that echoes it gets no chance to leak it. */
  private Reply secret(String line) throws IOException {
    Reply reply = wire.command(line);
    String sent = line.substring(line.lastIndexOf(' ') + 1);
    return sent.length() > 4 && reply.text().contains(sent)
        ? new Reply(reply.code(), "(the server's text repeats what was sent and is not shown)")
        : reply;
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
