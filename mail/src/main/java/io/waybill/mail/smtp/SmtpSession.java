package io.waybill.mail.smtp;

import io.waybill.mail.MailAccount;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.Reply;
import io.waybill.mail.net.CallGuard;
import io.waybill.mail.net.TlsComplaint;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
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
  private SmtpCapabilities capabilities = SmtpCapabilities.NONE;
  private volatile boolean broken;
  private int messages;
  private int mostRecipients = Integer.MAX_VALUE;

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
    try {
      return openOnce(account, guard, stage);
    } catch (SmtpFailure e) {
      boolean isStaleToken =
          e.kind() == SmtpFailure.Kind.LOGIN
              && account.tokens().isPresent()
              && e.reply() != null
              && !e.isTransient();
      if (!isStaleToken) {
        throw e;
      }
      return openOnce(account, guard, stage); // with a new token, once
    }
  }

  private static SmtpSession openOnce(MailAccount account, CallGuard guard, Stage stage)
      throws IOException {
    stage.enter("connect");
    SmtpSession session = new SmtpSession(account, SmtpWire.connect(account, port(account), guard));
    try {
      session.greet(stage);
      session.logIn(stage);
      stage.enter("session");
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
    Reply greeting = wire.readReply();
    expectPositive("the connection", greeting);
    stage.fact("greeting", greeting.text());
    ehlo(stage);
    if (account.security() == MailSecurity.STARTTLS) {
      if (!capabilities.offers("STARTTLS")) {
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
      if (account.security() == MailSecurity.IMPLICIT_TLS && wire.isOver()) {
        throw new SmtpFailure(SmtpFailure.Kind.TLS, TlsComplaint.IN_CLEAR, null, null);
      }
      wire.startTls();
    } catch (SSLException e) {
      if (e.getCause() instanceof EOFException) {
        throw e; // the peer hung up: that says nothing about certificates and may pass
      }
      throw new SmtpFailure(SmtpFailure.Kind.TLS, TlsComplaint.of(e), null, e);
    }
    stage.fact("tls", String.valueOf(wire.tls()));
    wire.certificate()
        .ifPresent(
            shown -> {
              stage.fact("certificate", shown.getSubjectX500Principal().getName());
              stage.fact("certificate-until", shown.getNotAfter().toInstant().toString());
            });
  }

  private void ehlo(Stage stage) throws IOException {
    stage.enter("EHLO");
    Reply reply = wire.command("EHLO " + account.ehloName());
    if (mayBeOlder(reply)) {
      reply = wire.command("HELO " + account.ehloName());
      expectPositive("HELO " + account.ehloName(), reply);
      return;
    }
    expectPositive("EHLO " + account.ehloName(), reply);
    capabilities = SmtpCapabilities.of(wire.replies().texts());
    stage.fact("extensions", String.join(", ", capabilities.all()));
  }

  /** A server that never heard of EHLO will do where neither TLS nor a login was asked for. */
  private boolean mayBeOlder(Reply reply) {
    boolean isUnknown = reply.code() == 500 || reply.code() == 502;
    return isUnknown
        && account.user().isEmpty()
        && account.security() != MailSecurity.STARTTLS
        && capabilities == SmtpCapabilities.NONE;
  }

  private void logIn(Stage stage) throws IOException {
    if (account.user().isPresent()) {
      stage.enter("AUTH");
      stage.fact("login", new SmtpLogin(wire, account).logIn(capabilities.mechanisms()));
    }
  }

  private static void expectPositive(String what, Reply reply) throws SmtpFailure {
    if (!reply.isPositive()) {
      throw new SmtpFailure(SmtpFailure.Kind.REFUSED, what, reply, null);
    }
  }

  /** Sends a command of a transaction; 421 ends the session (RFC 5321 3.8). */
  Reply command(String line) throws IOException {
    wire.write(line);
    wire.flush();
    return reply();
  }

  /** Reads the reply to a command that was written before. */
  Reply reply() throws IOException {
    Reply reply = wire.readReply();
    if (reply.code() == CLOSING) {
      throw new SmtpFailure(SmtpFailure.Kind.REFUSED, "the session", reply, null);
    }
    return reply;
  }

  /** Reads the reply to the final dot, which may take its time; it decides even if it is 421. */
  Reply replyToDot() throws IOException {
    wire.replyTimeout(account.dataReplyTimeout());
    Reply reply = wire.readReply();
    broken |= reply.code() == CLOSING;
    try {
      wire.replyTimeout(account.commandTimeout());
    } catch (IOException e) {
      broken = true; // closed from outside a moment after the answer, which counts
    }
    return reply;
  }

  SmtpWire wire() {
    return wire;
  }

  SmtpCapabilities capabilities() {
    return capabilities;
  }

  @Nullable String tls() {
    return wire.tls();
  }

  /** The most recipients that one transaction here may have, as far as is known. */
  int mostRecipients() {
    int said = capabilities.mostRecipients().orElse(Integer.MAX_VALUE);
    return Math.min(mostRecipients, Math.min(said, account.limits().recipientsPerMessage()));
  }

  /** Learns that the server took so many recipients and no more. */
  void learnMostRecipients(int taken) {
    mostRecipients = Math.max(1, taken);
  }

  void countMessage() {
    messages++;
  }

  int messages() {
    return messages;
  }

  boolean isBroken() {
    return broken;
  }

  /** Returns whether the server still answers after having been left alone for a while. */
  boolean isAlive() {
    try {
      wire.replyTimeout(GOODBYE.multipliedBy(5));
      boolean alive = wire.command("NOOP").isCompletion();
      wire.replyTimeout(account.commandTimeout());
      return alive;
    } catch (IOException e) {
      return false; // that is the answer to the question
    }
  }

  void abort() throws IOException {
    broken = true;
    wire.abort();
  }

  /** Says goodbye, to a server that dawdles no longer than the goodbye is worth. */
  void quit() throws IOException {
    try (CallGuard guard = CallGuard.start(GOODBYE)) {
      guard.watch(wire.rawSocket());
      wire.replyTimeout(GOODBYE);
      wire.command("QUIT");
    } finally {
      broken = true;
      wire.close();
    }
  }

  /** Hears what a session is about to do, and what it has learned. */
  interface Stage {
    void enter(String what);

    /** Something worth telling a person who asks what kind of server this is. */
    default void fact(String name, String value) {}
  }
}
