package io.waybill.transfer.http;

import io.waybill.transfer.TransferException;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** An answer, whatever its status is. Its content is read once, before the next request is sent. */
public final class WebAnswer implements Closeable {
  private final WebExchange exchange;
  private final WebRequest request;
  private final Reply reply;

  WebAnswer(WebExchange exchange, WebRequest request, Reply reply) {
    this.exchange = exchange;
    this.request = request;
    this.reply = reply;
  }

  /** Returns its status, from 100 to 599 mostly. */
  public int status() {
    return reply.code();
  }

  /** Returns the first header of a name. */
  public Optional<String> header(String name) {
    return reply.header(name);
  }

  /** Returns what was asked for in the end, after redirects. */
  public URI address() {
    return reply.uri();
  }

  /** Returns how long the server asks to stay away. */
  public Optional<Duration> retryAfter() {
    return reply.retryAfter(exchange.now());
  }

  /** Returns what its status means to who has hoped for another. */
  public TransferException refusal() {
    return exchange.refusal(request, reply);
  }

  /**
   * Reads its content.
   *
   * @param mostBytes what is behind them is not read
   * @return whether that was all
   * @throws TransferException.Ambiguous if the content was lost on the way, and the request must
   *     not be repeated
   * @throws TransferException if it was lost on the way, or is coded in a way nobody asked for
   * @throws IOException if {@code out} does not take it
   */
  public boolean readTo(OutputStream out, long mostBytes) throws IOException {
    return exchange.read(request, reply, out, mostBytes);
  }

  @Override
  public void close() throws IOException {
    reply.close();
  }
}
