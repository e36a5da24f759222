package io.waybill.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** One connection of a {@link ScriptedSmtpServer}, as its answers see it. */
public final class SmtpExchange {
  private static final String CLOSING = "421";
  private static final SmtpLogins.Verdict NOBODY = new SmtpLogins.Verdict("", "");
  private static final Duration LINGER = Duration.ofMillis(100);

  private final SmtpListener server;
  private final SmtpLedger ledger;
  private final SmtpManners manners;
  private final SmtpWire wire;
  private final int number;
  private SmtpPoint point = SmtpPoint.GREETING;
  private String command = "";
  private boolean hasConsented;
  private Duration pace = Duration.ZERO;
  private UnaryOperator<String> alteration = UnaryOperator.identity();
  private SmtpLogins.Verdict verdict = NOBODY;
  private @Nullable ReceivedMail mail;
  private volatile boolean isOver;

  SmtpExchange(SmtpListener server, Socket socket, int number) throws IOException {
    this.server = server;
    this.ledger = server.ledger();
    this.manners = new SmtpManners(server.terms(), ledger, number);
    this.wire = new SmtpWire(ledger, number, socket);
    this.number = number;
  }

  void converse() throws IOException {
    if (server.terms().isSecuredFromTheStart) {
      meet(SmtpPoint.TLS, "", 0);
    }
    if (!isOver) {
      meet(SmtpPoint.GREETING, "", 0);
    }
    for (String line = next(); line != null; line = next()) {
      if (wire.isWellFormed()) {
        meet(SmtpPoint.of(line), line, 0);
      } else {
        reply("500 5.5.2 the line is too long, or does not end with CRLF");
      }
      SmtpManners.Next next = manners.takeNext();
      if (isOver) {
        return; // whatever was consented to
      }
      switch (next) {
        case COMMAND -> {}
        case CONTENT -> content();
        case TLS -> meet(SmtpPoint.TLS, "", 0);
        case END -> finish();
      }
    }
  }

  private @Nullable String next() throws IOException {
    point = SmtpPoint.OTHER;
    String line = isOver ? null : wire.readLine();
    if (line != null) {
      ledger.heard(number, line);
    }
    return line;
  }

  private void meet(SmtpPoint here, String line, long bytes) throws IOException {
    point = here;
    command = line;
    hasConsented = false;
    if (here == SmtpPoint.AUTH) {
      verdict = NOBODY;
    }
    pace = Duration.ZERO;
    alteration = UnaryOperator.identity();
    SmtpAnswer answer = server.rules().due(here, line, number, bytes);
    if (answer == null) {
      ordinarily();
    } else {
      answer.to(this);
    }
  }

  private void content() throws IOException {
    SmtpContent content = new SmtpContent(server.terms().mostKeptBytes);
    long from = 0;
    while (!content.isComplete() && !isOver) {
      long stop = server.rules().nextInContent(from);
      if (content.wireBytes() >= stop) {
        meet(SmtpPoint.CONTENT, "", stop);
        from = stop + 1;
      } else if (!wire.readContent(content, stop)) {
        isOver = true;
      }
    }
    if (content.isComplete()) {
      ReceivedMail received = manners.receive(content);
      mail = received;
      ledger.message(received);
      meet(SmtpPoint.DOT, ".", 0);
      manners.forgetTransaction();
    }
  }

  /** Does what the server does when it is not told otherwise. */
  public void ordinarily() throws IOException {
    switch (point) {
      case TLS -> secure();
      case AUTH -> logIn();
      case LOGIN -> reply(manners.polished(verdict.reply()));
      case DOT -> reply(mail == null ? "503 5.5.1 no mail" : manners.answerToDot(mail));
      case CONTENT -> {}
      default -> reply(manners.answer(point, argument()).toArray(String[]::new));
    }
  }

  /** Does what the server does, but says something else than it. */
  void ordinarilyWith(UnaryOperator<String> altered) throws IOException {
    alteration = altered;
    ordinarily();
  }

  private String argument() {
    int blank = command.indexOf(' ');
    return blank < 0 ? "" : command.substring(blank + 1).strip();
  }

  private void secure() throws IOException {
    SSLContext context = server.terms().tls;
    if (context == null) {
      throw new IOException("the server has no certificate to begin TLS with");
    }
    wire.startTls(context);
    manners.secured(wire.tlsVersion());
  }

  private void logIn() throws IOException {
    Optional<String> objection = manners.objection(point, argument());
    if (objection.isPresent()) {
      reply(manners.polished(objection.get()));
      return;
    }
    ledger.loginTried();
    String[] words = argument().split(" +", 2);
    verdict =
        new SmtpLoginAttempt(server.terms().logins, this::ask, words.length > 1 ? words[1] : null)
            .run(words[0]);
    meet(SmtpPoint.LOGIN, command, 0);
  }

  private String ask(String challenge) throws IOException, SmtpLogins.Refused {
    write("334 " + Base64.getEncoder().encodeToString(challenge.getBytes(UTF_8)) + "\r\n");
    String line = wire.readLine();
    if (line == null) {
      throw new EOFException("the client ended within a login");
    }
    ledger.heard(number, line);
    if (line.equals("*")) {
      throw new SmtpLogins.Refused(SmtpLoginAttempt.BROKEN_OFF);
    }
    return SmtpLoginAttempt.decoded(line);
  }

  /**
   * Sends lines, each ended with CRLF, in one packet. What they mean for the dialogue is said at
   * {@link SmtpOccasion#reply}.
   */
  public void reply(String... lines) throws IOException {
    String text = text(lines);
    consider(text);
    write(text);
    closeAfter(text);
  }

  /** Sends bytes as they are; they mean what {@link #reply} with the same bytes would. */
  public void raw(byte[] bytes) throws IOException {
    String text = new String(bytes, ISO_8859_1);
    consider(text);
    send(bytes);
    closeAfter(text);
  }

  static String text(String... lines) {
    return String.join("\r\n", lines) + "\r\n";
  }

  private void consider(String reply) {
    if (hasConsented || !point.isConsent(reply)) {
      return;
    }
    hasConsented = true;
    if (point == SmtpPoint.AUTH || point == SmtpPoint.LOGIN) {
      manners.logIn(verdict.user());
    } else if (point == SmtpPoint.DOT && mail != null) {
      ledger.accepted(mail);
    } else {
      manners.accept(point, argument());
    }
  }

  private void closeAfter(String reply) throws IOException {
    if (reply.startsWith(CLOSING)) {
      finish();
    }
  }

  private void write(String text) throws IOException {
    String altered = alteration.apply(text);
    alteration = UnaryOperator.identity();
    send(altered.getBytes(UTF_8));
  }

  private void send(byte[] bytes) throws IOException {
    if (pace.isZero()) {
      wire.write(bytes);
      return;
    }
    for (byte each : bytes) {
      wire.write(new byte[] {each});
      server.pause(pace);
    }
  }

  void slow(Duration perByte) {
    pace = perByte;
  }

  void hold(Duration time, @Nullable CountDownLatch gate) throws IOException {
    if (!time.isZero()) {
      server.pause(time);
    }
    if (gate != null) {
      try {
        gate.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("closed while it was held");
      }
    }
  }

  /** Closes the connection in order. */
  public void finish() throws IOException {
    if (!isOver) {
      isOver = true;
      ledger.closed(number);
      wire.finish();
    }
  }

  /** Says nothing more and ends the connection (FIN), under TLS without an end of TLS. */
  public void hangUp() throws IOException {
    isOver = true;
    ledger.closed(number);
    wire.drop();
    // half open for a moment: a close with something unread resets, which can overtake the FIN
    server.pause(LINGER);
  }

  /** Says nothing more and resets the connection (RST). */
  public void reset() throws IOException {
    isOver = true;
    ledger.closed(number);
    wire.reset();
  }

  /** Reads on, and says nothing any more until the client ends or the server is closed. */
  public void stall() throws IOException {
    if (point.isBeforeLines()) {
      for (String line = wire.readLine(); line != null; line = wire.readLine()) {
        ledger.heard(number, line);
      }
    } else {
      wire.swallow();
    }
    isOver = true;
  }

  /** Neither reads nor says anything any more until the server is closed. */
  public void freeze() throws IOException {
    server.pause(null);
  }

  /** Ends an idle connection from another thread, with these last words. */
  void dismiss(String... lastWords) throws IOException {
    if (lastWords.length > 0) { // before its thread can see that it is over, and close it
      wire.write(text(lastWords).getBytes(UTF_8));
    }
    isOver = true;
    ledger.closed(number);
    wire.close();
  }

  boolean isOver() {
    return isOver;
  }

  /** Returns which connection this is, from 1. */
  public int number() {
    return number;
  }

  /** Returns where the dialogue is. */
  public SmtpPoint point() {
    return point;
  }

  /** Returns the command line that is to be answered; nothing where there is none. */
  public String command() {
    return command;
  }

  /** Returns the version of TLS on the connection, or nothing. */
  public String tlsVersion() {
    return wire.tlsVersion();
  }

  /** Returns the last message of this connection, which is the one to answer at the dot. */
  public Optional<ReceivedMail> mail() {
    return Optional.ofNullable(mail);
  }
}
