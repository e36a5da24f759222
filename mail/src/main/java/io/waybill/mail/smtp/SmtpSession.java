package io.waybill.mail.smtp;

import io.waybill.mail.MailAccount;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.Reply;
import io.waybill.mail.net.CallGuard;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Holds one live connection that greeted us, is protected as the account demands, and is logged in.
 *
 * <p>Nothing of a message crosses the wire before all of that is true (mail stays unsent rather
 * than going out in clear or without the login that was configured).
 */
final class SmtpSession {
  private static final Duration GOODBYE = Duration.ofSeconds(2);
  private static final int CLOSING = 421;

  private final MailAccount account;
  private final SmtpWire wire;
  private Map<String, String> extensions = Map.of();
  private boolean broken;
  private boolean used;

  private SmtpSession(MailAccount account, SmtpWire wire) {
    this.account = account;
    this.wire = wire;
  }

  static int port(MailAccount account) {
    return account
        .port()
        .orElse(
            switch (account.security()) {
              case IMPLICIT_TLS -> 465;
              case STARTTLS -> 587;
              case PLAINTEXT -> 25;
            });
  }

  /** Connects and logs in; {@code stage} hears what is being tried, for the error's sake. */
  static SmtpSession open(MailAccount account, CallGuard guard, Stage stage) throws IOException {
    stage.enter("connect");
    SmtpSession session = new SmtpSession(account, SmtpWire.connect(account, port(account), guard));
    try {
      session.greet(stage);
      session.logIn(stage);
      return session;
    } catch (IOException | RuntimeException e) {
      try {
        session.abort();
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  private void greet(Stage stage) throws IOException {
    if (account.security() == MailSecurity.IMPLICIT_TLS) {
      startTls(stage);
    }
    stage.enter("greeting");
    expectPositive("the connection", wire.readReply());
    ehlo(stage);
    if (account.security() == MailSecurity.STARTTLS) {
      if (!extensions.containsKey("STARTTLS")) {
        throw new SmtpFailure(
            SmtpFailure.Kind.TLS,
            "the server does not offer STARTTLS (removed on the way?); nothing was sent",
            null,
            null);
      }
      stage.enter("STARTTLS");
      Reply reply = wire.command("STARTTLS");
      if (reply.code() != 220) {
        throw new SmtpFailure(
            SmtpFailure.Kind.TLS, "the server refused STARTTLS: " + reply, reply, null);
      }
      startTls(stage);
      ehlo(stage);
    }
  }

  private void startTls(Stage stage) throws IOException {
    stage.enter("TLS handshake");
    try {
      wire.startTls();
    } catch (SSLException e) {
      if (e.getCause() instanceof EOFException) {
        throw e; // the peer hung up: that says nothing about certificates and may pass
      }
      String why = e.getMessage() == null ? e.toString() : e.getMessage();
      throw new SmtpFailure(SmtpFailure.Kind.TLS, why, null, e);
    }
  }

  private void ehlo(Stage stage) throws IOException {
    stage.enter("EHLO");
    Reply reply = wire.command("EHLO " + account.ehloName());
    expectPositive("EHLO " + account.ehloName(), reply);
    Map<String, String> offered = new HashMap<>();
    List<String> lines = wire.replyLines();
    for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
      // "AUTH=LOGIN" is how servers of the last century said "AUTH LOGIN".
      String[] words = line.replaceFirst("^AUTH=", "AUTH ").strip().split("\\s+", 2);
      String keyword = words[0].toUpperCase(Locale.ROOT);
      offered.merge(keyword, words.length > 1 ? words[1] : "", (a, b) -> a + " " + b);
    }
    extensions = Map.copyOf(offered);
  }

  private void logIn(Stage stage) throws IOException {
    String user = account.user().orElse(null);
    Supplier<String> source = account.password().orElse(null);
    if (user == null || source == null) {
      return;
    }
    stage.enter("AUTH");
    Set<String> mechanisms =
        Set.of(extensions.getOrDefault("AUTH", "").toUpperCase(Locale.ROOT).split("\\s+"));
    Reply reply;
    if (mechanisms.contains("PLAIN")) {
      reply = secret("AUTH PLAIN " + base64("\0" + user + "\0" + source.get()));
    } else if (mechanisms.contains("LOGIN")) {
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
          extensions.containsKey("AUTH")
              ? "the server offers only AUTH "
                  + extensions.get("AUTH")
                  + ", we speak PLAIN and LOGIN"
              : "the server offers no AUTH although a user is configured; nothing was sent",
          null,
          null);
    }
    if (reply.code() != 235) {
      throw new SmtpFailure(SmtpFailure.Kind.LOGIN, "the server answered " + reply, reply, null);
    }
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

  private static void expectPositive(String what, Reply reply) throws SmtpFailure {
    if (!reply.isPositive()) {
      throw new SmtpFailure(SmtpFailure.Kind.REFUSED, what, reply, null);
    }
  }

  /** Sends a command of a transaction; 421 ends the session (RFC 5321 3.8). */
  Reply command(String line) throws IOException {
    Reply reply = wire.command(line);
    if (reply.code() == CLOSING) {
      throw new SmtpFailure(SmtpFailure.Kind.REFUSED, "the session", reply, null);
    }
    return reply;
  }

  SmtpWire wire() {
    return wire;
  }

  MailAccount account() {
    return account;
  }

  boolean offers(String extension) {
    return extensions.containsKey(extension);
  }

  @Nullable String tls() {
    return wire.tls();
  }

  /**
   * Marks that a transaction was begun here; a failure of a later one may be the idle time's fault.
   */
  void markUsed() {
    used = true;
  }

  boolean isUsed() {
    return used;
  }

  boolean isBroken() {
    return broken;
  }

  void abort() throws IOException {
    broken = true;
    wire.abort();
  }

  void quit() throws IOException {
    try {
      wire.replyTimeout(GOODBYE);
      wire.command("QUIT");
    } finally {
      broken = true;
      wire.close();
    }
  }

  /** Hears what a session is about to do. */
  @FunctionalInterface
  interface Stage {
    void enter(String what);
  }
}
