package io.waybill.testkit;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * When a {@link ScriptedSmtpServer} does otherwise, and then what.
 *
 * <pre>{@code
 * server.at("RCPT TO:<full@").once().reply("452 4.2.2 mailbox full");
 * server.at(SmtpPoint.CONTENT).afterBytes(100_000).reset();
 * server.at(SmtpPoint.DOT).delayedBy(Duration.ofSeconds(2)).ordinarily();
 * }</pre>
 *
 * <p>The first methods narrow the occasion down; nothing happens before one of those that return
 * the server was called, which ends it. Unless narrowed down it means every such point from now on.
 */
public final class SmtpOccasion {
  private final ScriptedSmtpServer server;
  private final SmtpPoint point;
  private final String start;
  private int first = 1;
  private int last = Integer.MAX_VALUE;
  private int connection;
  private long afterBytes;
  private Duration delay = Duration.ZERO;
  private Duration pace = Duration.ZERO;
  private @Nullable CountDownLatch gate;

  SmtpOccasion(ScriptedSmtpServer server, SmtpPoint point, String start) {
    this.server = server;
    this.point = point;
    this.start = start;
  }

  /** Means the next time only. */
  public SmtpOccasion once() {
    return first(1);
  }

  /**
   * Means the next times only.
   *
   * @throws IllegalArgumentException if {@code count} is not positive
   */
  public SmtpOccasion first(int count) {
    return between(1, count);
  }

  /**
   * Means one time only, from now on and over all connections that are meant.
   *
   * @param number which, from 1
   * @throws IllegalArgumentException if {@code number} is not positive
   */
  public SmtpOccasion nth(int number) {
    return between(number, number);
  }

  private SmtpOccasion between(int from, int to) {
    if (to < 1) {
      throw new IllegalArgumentException("times are counted from 1: " + to);
    }
    first = from;
    last = to;
    return this;
  }

  /**
   * Means one connection only.
   *
   * @param number which, from 1, since the server was started
   */
  public SmtpOccasion onConnection(int number) {
    connection = number;
    return this;
  }

  /**
   * Means the moment when so many bytes of the content were read and more is to come; 0 unless
   * said. A content that ends before is not counted.
   *
   * @throws IllegalArgumentException if the point is not {@link SmtpPoint#CONTENT}
   */
  public SmtpOccasion afterBytes(long bytes) {
    if (point != SmtpPoint.CONTENT) {
      throw new IllegalArgumentException("only CONTENT has bytes to count, not " + point);
    }
    afterBytes = bytes;
    return this;
  }

  /** Has the server do nothing for so long before it goes on. */
  public SmtpOccasion delayedBy(Duration time) {
    delay = requireNonNull(time, "time");
    return this;
  }

  /** Has the server do nothing until the latch is open, before it goes on. */
  public SmtpOccasion heldBy(CountDownLatch latch) {
    gate = requireNonNull(latch, "latch");
    return this;
  }

  /** Has what the server says come byte by byte, with so much time between. */
  public SmtpOccasion slowly(Duration perByte) {
    pace = requireNonNull(perByte, "perByte");
    return this;
  }

  /** Does what the server does anyway, for occasions that are only slower. */
  public ScriptedSmtpServer ordinarily() {
    return answer(SmtpExchange::ordinarily);
  }

  /**
   * Sends lines, each ended with CRLF, all in one packet.
   *
   * <p>A reply that consents (2yz; 354 to DATA, 220 to STARTTLS, 235 to AUTH) has what was asked
   * for happen, whatever else speaks against it; any other has it not happen. After 421 the server
   * closes the connection.
   */
  public ScriptedSmtpServer reply(String... lines) {
    return answer(exchange -> exchange.reply(lines));
  }

  /** Sends lines as {@link #reply} does, and closes the connection in order. */
  public ScriptedSmtpServer replyAndClose(String... lines) {
    return answer(
        exchange -> {
          exchange.reply(lines);
          exchange.finish();
        });
  }

  /** Does what the server does anyway, and sends further lines in the same packet. */
  public ScriptedSmtpServer adding(String... lines) {
    return answer(exchange -> exchange.ordinarilyWith(said -> said + SmtpExchange.text(lines)));
  }

  /** Does what the server does anyway, but sends the reply twice, in one packet. */
  public ScriptedSmtpServer twice() {
    return answer(exchange -> exchange.ordinarilyWith(said -> said + said));
  }

  /** Sends bytes as they are; whether they consent is read as in {@link #reply}. */
  public ScriptedSmtpServer raw(byte[] bytes) {
    byte[] copy = bytes.clone();
    return answer(exchange -> exchange.raw(copy));
  }

  /** Sends what no server says; whether it consents is read as in {@link #reply}. */
  public ScriptedSmtpServer garbage(SmtpGarbage kind) {
    return raw(kind.bytes());
  }

  /** Says nothing and ends the connection (FIN), under TLS without an end of TLS. */
  public ScriptedSmtpServer drop() {
    return answer(SmtpExchange::hangUp);
  }

  /** Says nothing and resets the connection (RST). */
  public ScriptedSmtpServer reset() {
    return answer(SmtpExchange::reset);
  }

  /** Reads on, and says nothing any more until the client or the server is closed. */
  public ScriptedSmtpServer stall() {
    return answer(SmtpExchange::stall);
  }

  /** Neither reads nor says anything any more until the server is closed. */
  public ScriptedSmtpServer freeze() {
    return answer(SmtpExchange::freeze);
  }

  /** Has somebody else answer. */
  public ScriptedSmtpServer answer(SmtpAnswer answer) {
    requireNonNull(answer, "answer");
    Duration time = delay;
    Duration perByte = pace;
    CountDownLatch latch = gate;
    server.arm(
        new SmtpRules.Rule(
            point,
            start,
            new SmtpRules.Times(first, last),
            connection,
            afterBytes,
            exchange -> {
              exchange.hold(time, latch);
              exchange.slow(perByte);
              answer.to(exchange);
            }));
    return server;
  }
}
