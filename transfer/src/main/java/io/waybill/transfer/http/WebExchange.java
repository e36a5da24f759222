package io.waybill.transfer.http;

import io.waybill.transfer.TransferException;
import io.waybill.transfer.proxy.ProxyException;
import io.waybill.transfer.remote.OpenSockets;
import io.waybill.transfer.remote.StallWatch;
import io.waybill.transfer.tcp.tls.IdentityException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Instant;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/**
 * Sends requests of any method to a web server, one after another, with its login, trust and proxy,
 * and hands out the answers as they are. One thread uses it; {@link #close} may come from any, and
 * ends what is under way.
 */
public final class WebExchange implements Closeable {
  private static final int BLOCK_BYTES = 64 << 10;

  private final HttpSite site;
  private final OpenSockets sockets;
  private final HttpCaller caller;
  private final HttpFailures failures;

  private WebExchange(HttpSite site, OpenSockets sockets, HttpCaller caller) {
    this.site = site;
    this.sockets = sockets;
    this.caller = caller;
    this.failures = new HttpFailures(site);
  }

  /**
   * Prepares; nothing is sent.
   *
   * @throws TransferException.Configuration if TLS cannot be set up
   * @throws TransferException.Connection if the way to the proxy cannot be prepared
   */
  public static WebExchange open(HttpSite site) {
    OpenSockets sockets = new OpenSockets(site.terms());
    try {
      HttpCaller caller =
          new HttpCaller(site, HttpTransfer.context(site), new Pause(site), sockets);
      sockets.add(caller::abort);
      return new WebExchange(site, sockets, caller);
    } catch (IOException e) {
      sockets.closeAll();
      throw new HttpFailures(site).translate(site.origin(), e);
    }
  }

  /**
   * Sends a request. Redirects are followed as far as it says; one that leads to another server
   * takes neither login nor headers along, and none leads from TLS to plain text.
   *
   * @return the answer, whatever its status is; the caller closes it
   * @throws IllegalArgumentException if the request is for another site
   * @throws TransferException.Ambiguous if the server may have got it, and it must not be repeated
   * @throws TransferException if there is no answer
   */
  public WebAnswer send(WebRequest request) {
    try {
      return new WebAnswer(this, request, caller.send(request));
    } catch (IOException e) {
      TransferException failure = failures.translate(Origin.shown(request.address()), e);
      throw request.manner().isRepeatable() || isUnsent(e) ? failure : ambiguous(request, failure);
    }
  }

  // what fails before the request could be sent
  private static boolean isUnsent(IOException e) {
    return e instanceof ConnectException
        || e instanceof HttpConnectTimeoutException
        || e instanceof UnknownHostException
        || e.getCause() instanceof UnresolvedAddressException
        || e instanceof ProxyException
        || e instanceof NotSentException
        || IdentityException.in(e) != null
        || e instanceof SSLHandshakeException
        || (e instanceof SSLException && String.valueOf(e.getMessage()).contains("SSL message"));
  }

  private static TransferException ambiguous(WebRequest request, TransferException why) {
    return new TransferException.Ambiguous(
        Origin.shown(request.address()),
        "Nobody knows whether %s %s was done: %s"
            .formatted(request.method(), Origin.shown(request.address()), why.getMessage()),
        why);
  }

  boolean read(WebRequest request, Reply reply, OutputStream out, long mostBytes)
      throws IOException {
    byte[] block = new byte[BLOCK_BYTES];
    InputStream in = reply.body();
    long left = mostBytes;
    while (true) {
      int count;
      try (StallWatch.Phase moving =
          StallWatch.limit(site.terms().idleTimeout(), caller::endCurrent)) {
        reply.requireIdentity();
        count = in.read(block);
      } catch (IOException e) {
        TransferException failure = failures.translate(Origin.shown(reply.uri()), e);
        throw request.manner().isRepeatable() ? failure : ambiguous(request, failure);
      }
      if (count < 0) {
        return true;
      }
      if (count > left) {
        return false;
      }
      out.write(block, 0, count);
      left -= count;
    }
  }

  TransferException refusal(WebRequest request, Reply reply) {
    return failures.translate(Origin.shown(request.address()), caller.refused(reply));
  }

  Instant now() {
    return site.terms().clock().instant();
  }

  /** Ends what is under way, for good. */
  @Override
  public void close() {
    sockets.closeAll();
  }
}
