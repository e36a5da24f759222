package io.waybill.testkit;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;

/**
 * An ESMTP server on a free port of 127.0.0.1 that behaves well until it is told otherwise, point
 * by point: for what no server admits to doing.
 *
 * <pre>{@code
 * try (ScriptedSmtpServer server = ScriptedSmtpServer.start()) {
 *   server.user("ops", "secret").securing(ServerCertificate.LOCALHOST.context());
 *   server.at("RCPT TO:<full@").reply("452 4.2.2 mailbox full");
 *   server.at(SmtpPoint.DOT).once().drop();       // the message is there, and nobody knows
 *   send(server.address());
 *   assertThat(server.messages()).hasSize(1);
 * }
 * }</pre>
 *
 * <p>It is strict (RFC 5321): commands out of order, parameters that were not offered, addresses
 * that need SMTPUTF8 without it and bare line feeds are refused. It keeps everything that it hears,
 * logins too. All methods may be called from any thread, also while clients are connected; its
 * threads are daemons and have ended when {@link #close} returns.
 */
public final class ScriptedSmtpServer implements AutoCloseable {
  private final SmtpTerms terms = new SmtpTerms();
  private final SmtpRules rules = new SmtpRules();
  private final SmtpLedger ledger = new SmtpLedger();
  private final SmtpListener listener;

  private ScriptedSmtpServer() throws IOException {
    listener = new SmtpListener(terms, rules, ledger);
  }

  /**
   * Starts one without TLS and logins, which offers PIPELINING, SIZE 10000000, 8BITMIME,
   * ENHANCEDSTATUSCODES, SMTPUTF8 and DSN.
   *
   * @throws UncheckedIOException if no port can be opened
   */
  public static ScriptedSmtpServer start() {
    try {
      ScriptedSmtpServer server = new ScriptedSmtpServer();
      server.listener.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Begins to say what happens at a point, on every connection, instead of the usual. */
  public SmtpOccasion at(SmtpPoint point) {
    return new SmtpOccasion(this, requireNonNull(point, "point"), "");
  }

  /**
   * Begins to say what happens at commands that begin so, in any case, as in {@code "RCPT
   * TO:<bad@"}; or at a point that is given by its name.
   *
   * @throws IllegalArgumentException if the first word is no {@link SmtpPoint}
   */
  public SmtpOccasion at(String where) {
    SmtpPoint point = SmtpPoint.named(where);
    return new SmtpOccasion(this, point, where.equalsIgnoreCase(point.name()) ? "" : where);
  }

  /** Forgets all that was said by {@link #at(SmtpPoint)}; what is under way goes on. */
  public ScriptedSmtpServer behave() {
    rules.clear();
    return this;
  }

  /** Has exactly these lines in EHLO from now on, whatever else is set. */
  public ScriptedSmtpServer offering(String... extensions) {
    terms.fixedExtensions = List.of(extensions);
    return this;
  }

  /**
   * Leaves these keywords out of EHLO from now on, and knows nothing of them: a STARTTLS that was
   * stripped on the way, say. The ones left out before come back.
   */
  public ScriptedSmtpServer withholding(String... keywords) {
    terms.withhold(keywords);
    return this;
  }

  /** Takes no content above this, declared or sent (552); 0 is no limit. */
  public ScriptedSmtpServer sizeLimit(long bytes) {
    terms.sizeLimitBytes = bytes;
    return this;
  }

  /** Takes so many recipients for a message, and puts further ones off (452 4.5.3). */
  public ScriptedSmtpServer recipientLimit(int count) {
    terms.recipientLimit = count;
    return this;
  }

  /** Says the recipient limit in EHLO: LIMITS RCPTMAX (RFC 9422). */
  public ScriptedSmtpServer announcingLimits() {
    terms.announcesLimits = true;
    return this;
  }

  /** Serves so many connections at once, and turns further ones away (421). */
  public ScriptedSmtpServer connectionLimit(int count) {
    terms.connectionLimit = count;
    return this;
  }

  /** Puts off each recipient of a sender when it sees them together for the first time (451). */
  public ScriptedSmtpServer greylisting() {
    terms.isGreylisting = true;
    return this;
  }

  /** Keeps at most the first bytes of each content, for tests that send much. */
  public ScriptedSmtpServer keeping(int mostBytes) {
    terms.mostKeptBytes = mostBytes;
    return this;
  }

  /** Offers STARTTLS from now on. */
  public ScriptedSmtpServer securing(SSLContext context) {
    terms.tls = requireNonNull(context, "context");
    terms.isSecuredFromTheStart = false;
    return this;
  }

  /** Has new connections begin with TLS. */
  public ScriptedSmtpServer securingFromTheStart(SSLContext context) {
    terms.tls = requireNonNull(context, "context");
    terms.isSecuredFromTheStart = true;
    return this;
  }

  /** Takes no MAIL without TLS (530). */
  public ScriptedSmtpServer requiringTls() {
    terms.requiresTls = true;
    return this;
  }

  /** Takes no MAIL without a login (530). */
  public ScriptedSmtpServer requiringLogin() {
    terms.requiresLogin = true;
    return this;
  }

  /** Lets a user in, and so offers AUTH. */
  public ScriptedSmtpServer user(String name, String password) {
    terms.logins.user(name, password);
    return this;
  }

  /** Returns who may log in, and how, to be changed. */
  public SmtpLogins logins() {
    return terms.logins;
  }

  /**
   * Closes all connections, as a server does with idle ones; what is in the middle of something is
   * broken off.
   *
   * @param lastWords lines to say before it, such as a 421; none if there are none
   */
  public void dismissAll(String... lastWords) {
    listener.dismissAll(lastWords);
  }

  /** Returns where clients connect to. */
  public InetSocketAddress address() {
    return listener.address();
  }

  /** Returns the port that clients connect to. */
  public int port() {
    return address().getPort();
  }

  /** Returns how many connections there were. */
  public int connections() {
    return ledger.connections();
  }

  /**
   * Returns how many connections are open. One that the client closes without QUIT counts until the
   * server's thread has noticed.
   */
  public int openConnections() {
    return ledger.openConnections();
  }

  /** Returns how many connections were open at once, at most; see {@link #openConnections}. */
  public int mostOpenConnections() {
    return ledger.mostOpen();
  }

  /** Returns all lines so far but those of contents, over all connections. */
  public List<String> heard() {
    return ledger.commands().stream().map(SmtpCommand::line).toList();
  }

  /** Returns the lines of one connection, numbered from 1. */
  public List<String> heard(int connection) {
    return ledger.commands().stream()
        .filter(command -> command.connection() == connection)
        .map(SmtpCommand::line)
        .toList();
  }

  /** Returns all lines as {@link #heard()} does, with their connections. */
  public List<SmtpCommand> commands() {
    return ledger.commands();
  }

  /** Returns which commands came together, read by read. */
  public List<SmtpBatch> batches() {
    return ledger.batches();
  }

  /** Returns the messages whose final dot was heard, whatever was then said about it. */
  public List<ReceivedMail> messages() {
    return ledger.messages();
  }

  /** Returns the messages that it answers for: whose final dot it said 2yz to, heard or not. */
  public List<ReceivedMail> accepted() {
    return ledger.accepted();
  }

  /** Returns how many logins were tried with a mechanism that is offered. */
  public int loginAttempts() {
    return ledger.loginAttempts();
  }

  /** Returns how many logins succeeded. */
  public int successfulLogins() {
    return ledger.logins();
  }

  /** Returns how connections ended that did not end in order. */
  public List<String> problems() {
    return ledger.problems();
  }

  /**
   * Waits for a command that begins so, among those heard already too, and returns the first.
   *
   * @throws AssertionError with all that was heard, if the time is up before
   */
  public SmtpCommand awaitHeard(String start, Duration timeout) throws InterruptedException {
    return awaitHeard(start, 1, timeout);
  }

  /**
   * Waits for the n-th command that begins so, among those heard already too, and returns it.
   *
   * @param number which, from 1
   * @throws AssertionError with all that was heard, if the time is up before
   */
  public SmtpCommand awaitHeard(String start, int number, Duration timeout)
      throws InterruptedException {
    ledger.await(number + " times " + start, timeout, () -> beginningWith(start).size() >= number);
    return beginningWith(start).get(number - 1);
  }

  private List<SmtpCommand> beginningWith(String start) {
    return ledger.commands().stream()
        .filter(command -> command.line().regionMatches(true, 0, start, 0, start.length()))
        .toList();
  }

  /**
   * Waits until so many messages were heard to their final dot, and returns them.
   *
   * @throws AssertionError with all that was heard, if the time is up before
   */
  public List<ReceivedMail> awaitMessages(int count, Duration timeout) throws InterruptedException {
    ledger.await(count + " messages", timeout, () -> ledger.messages().size() >= count);
    return ledger.messages();
  }

  /**
   * Waits until exactly so many connections are open.
   *
   * @throws AssertionError with all that was heard, if the time is up before
   */
  public void awaitOpenConnections(int count, Duration timeout) throws InterruptedException {
    ledger.await(count + " open connections", timeout, () -> ledger.openConnections() == count);
  }

  void arm(SmtpRules.Rule rule) {
    rules.arm(rule);
  }

  /** Closes the port and every connection, and waits for the server's threads to end. */
  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
