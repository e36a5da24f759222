package io.waybill.transfer.http;

import io.waybill.transfer.remote.ByteSupply;
import io.waybill.transfer.remote.OpenSockets;
import io.waybill.transfer.remote.StallWatch;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends one request after another over HTTP/1.1, so that each session has a connection to itself
 * and ending one ends nothing else. One thread calls; {@link #abort} may come from any.
 */
final class HttpCaller {
  private static final Logger LOG = LoggerFactory.getLogger(HttpCaller.class);
  private static final int MOST_REDIRECTS = 10;
  private static final long DRAINED_BYTES = 64 << 10;
  private static final long SLOWEST_BYTES_PER_SECOND = 10_000_000;
  private static final long SLOWEST_UPLOAD_BYTES_PER_SECOND = 100_000;

  private final HttpSite site;
  private final Pause pause;
  private final StallWatch watch;
  private final HttpTrace trace;
  private final HttpClient client;
  private final @Nullable ProxyBridge bridge;
  private @Nullable Thread pausing;
  private volatile boolean aborted;
  private volatile @Nullable CompletableFuture<HttpResponse<InputStream>> waiting;
  private volatile @Nullable Reply reading;

  HttpCaller(HttpSite site, @Nullable SSLContext tls, Pause pause, OpenSockets sockets)
      throws IOException {
    this.site = site;
    this.watch = sockets.watch();
    this.pause = pause;
    this.trace = HttpTrace.of(site);
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(site.terms().connectTimeout());
    if (tls != null) {
      builder.sslContext(tls);
    }
    ProxyBridge through = sockets.isProxied() ? ProxyBridge.open(sockets) : null;
    if (through != null) {
      builder.proxy(ProxySelector.of(through.address()));
      // the bridge's own limit comes first, and says which proxy it was
      builder.connectTimeout(site.terms().connectTimeout().multipliedBy(2));
    }
    this.bridge = through;
    this.client = builder.build();
  }

  /** Returns what ends the session if nothing moves. */
  StallWatch watch() {
    return watch;
  }

  /** Returns the address of a path. */
  URI address(String path) throws NotSentException {
    return URI.create(site.origin() + RequestPath.encode(path));
  }

  /**
   * Asks by GET or HEAD, following redirects, but not those that only add a slash.
   *
   * @return whatever the answer is, but no other redirect; the caller closes it
   */
  Reply ask(String method, String path, Map<String, String> headers) throws IOException {
    URI own = address(path);
    URI at = own;
    for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
      Reply reply =
          await(
              method,
              send(request(method, at, headers, BodyPublishers.noBody(), Origin.isSame(own, at))),
              site.terms().replyTimeout());
      if (!reply.isRedirect()) {
        return reply;
      }
      String location = reply.header("Location").orElse("");
      if (Origin.isSlashAdded(at, location)) {
        return reply;
      }
      URI next = Origin.resolve(at, location);
      LOG.debug("event=http-redirect from={} to={}", Origin.shown(at), Origin.shown(next));
      discard(reply);
      at = next;
    }
    throw new HttpProtocolException(
        "It redirects more than %d times, at last to %s"
            .formatted(MOST_REDIRECTS, Origin.shown(at)));
  }

  /** Has something changed; redirects are refusals. The answer's content is thrown away. */
  Reply change(String method, String path, Map<String, String> headers) throws IOException {
    Reply reply =
        await(
            method,
            send(request(method, address(path), headers, BodyPublishers.noBody(), true)),
            site.terms().replyTimeout());
    discard(reply);
    return reply;
  }

  /** Sends a file; once its last byte is gone, the server has max(2 replies, size / 10 MB/s). */
  Reply put(String path, Map<String, String> headers, long size, ByteSupply supply)
      throws IOException {
    UploadBody body = new UploadBody(supply, watch);
    // a publisher of nothing may not say so
    BodyPublisher publisher =
        size == 0
            ? BodyPublishers.noBody()
            : BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(() -> body), size);
    HttpRequest request = request("PUT", address(path), headers, publisher, true);
    Reply reply;
    try {
      CompletableFuture<HttpResponse<InputStream>> answer = send(request);
      if (size > 0) {
        try (StallWatch.Phase moving = watch.within(site.terms().idleTimeout())) {
          awaitSent(body, answer);
        }
      }
      long millis =
          Math.max(
              2 * site.terms().replyTimeout().toMillis(),
              Duration.ofSeconds(size / SLOWEST_BYTES_PER_SECOND).toMillis());
      reply = await("PUT", answer, Duration.ofMillis(millis));
    } catch (IOException e) {
      body.throwOwnFailure();
      throw e;
    } finally {
      // the next try reads the source, and digests it, from the start
      body.stop();
    }
    discard(reply);
    return reply;
  }

  /**
   * Sends a request of any method, following redirects as it says: what is not to be repeated as it
   * is becomes a GET (RFC 9110 15.4).
   *
   * @return whatever the answer is; the caller closes it
   */
  Reply send(WebRequest request) throws IOException {
    URI own = request.address();
    if (!Origin.isSame(own, URI.create(site.origin()))) {
      throw new IllegalArgumentException(Origin.shown(own) + " is not at " + site.origin());
    }
    URI at = own;
    String method = request.method();
    BodyPublisher body = request.body();
    for (int hop = 0; ; hop++) {
      boolean isOwn = Origin.isSame(own, at);
      Map<String, String> headers = isOwn ? request.headers() : Map.of();
      Reply reply = await(method, send(request(method, at, headers, body, isOwn)), limit(body));
      if (!reply.isRedirect() || request.manner().redirects() == 0) {
        return reply;
      }
      URI next = Origin.resolve(at, reply.header("Location").orElse(""));
      boolean isKept =
          switch (reply.code()) {
            case 307, 308 -> true;
            default -> method.equals("GET") || method.equals("HEAD");
          };
      discard(reply);
      if (hop >= request.manner().redirects()) {
        throw new HttpProtocolException(
            "It redirects more than %d times, at last to %s"
                .formatted(request.manner().redirects(), Origin.shown(next)));
      }
      if (isKept && body.contentLength() != 0 && !Origin.isSame(at, next)) {
        throw new HttpProtocolException(
            "It redirects the request with its content to another server, %s; name that address yourself if it is meant"
                .formatted(Origin.shown(next)));
      }
      if (!isKept) {
        method = "GET";
        body = BodyPublishers.noBody();
      }
      LOG.debug("event=http-redirect from={} to={}", Origin.shown(at), Origin.shown(next));
      at = next;
    }
  }

  private Duration limit(BodyPublisher body) {
    long size = Math.max(0, body.contentLength());
    return site.terms().replyTimeout().plusSeconds(size / SLOWEST_UPLOAD_BYTES_PER_SECOND);
  }

  private void awaitSent(UploadBody body, CompletableFuture<HttpResponse<InputStream>> answer)
      throws IOException {
    try {
      CompletableFuture.anyOf(body.ended(), answer).get();
    } catch (InterruptedException e) {
      endCurrent();
      throw interrupted(e);
    } catch (ExecutionException | CancellationException e) {
      // what it was, await tells of the same answer
      LOG.debug("event=http-put-ended endpoint={}", site.endpoint(), e);
    }
  }

  private HttpRequest request(
      String method, URI uri, Map<String, String> headers, BodyPublisher body, boolean isOwn)
      throws HttpProtocolException {
    HttpRequest.Builder builder;
    try {
      builder = HttpRequest.newBuilder(uri).method(method, body);
    } catch (IllegalArgumentException e) {
      throw new HttpProtocolException("No address to send a request to: " + Origin.shown(uri));
    }
    builder.setHeader("Accept-Encoding", "identity").setHeader("User-Agent", "Waybill");
    headers.forEach(builder::setHeader);
    if (bridge != null) {
      builder.setHeader("Proxy-Authorization", bridge.authorization());
    }
    Optional<HttpLogin> login = site.login();
    if (isOwn && login.isPresent()) {
      try {
        builder.setHeader("Authorization", login.get().header());
      } catch (IllegalArgumentException e) {
        // no cause: its text is the header
        throw new HttpProtocolException("The secret holds characters that no HTTP header can");
      }
    }
    return builder.build();
  }

  private CompletableFuture<HttpResponse<InputStream>> send(HttpRequest request)
      throws IOException {
    pause();
    trace.sent(request);
    CompletableFuture<HttpResponse<InputStream>> answer =
        client.sendAsync(request, BodyHandlers.ofInputStream());
    waiting = answer;
    if (aborted) {
      answer.cancel(true);
    }
    return answer;
  }

  private void pause() throws IOException {
    synchronized (this) {
      requireOpen();
      pausing = Thread.currentThread();
    }
    try {
      pause.await();
    } finally {
      synchronized (this) {
        pausing = null;
        if (aborted) {
          Thread.interrupted(); // it was meant for this wait
        }
      }
    }
    requireOpen();
  }

  private Reply await(
      String method, CompletableFuture<HttpResponse<InputStream>> answer, Duration limit)
      throws IOException {
    Reply reply;
    try {
      HttpResponse<InputStream> response = answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      trace.received(response);
      reply = new Reply(method, response);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new HttpTimeoutException(
          "%s had no reply within %d s".formatted(method, limit.toSeconds()));
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw interrupted(e);
    } catch (CancellationException e) {
      throw new IOException("This transfer was closed", e);
    } catch (ExecutionException e) {
      throwProxyFailure();
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } finally {
      waiting = null;
    }
    reading = reply;
    if (aborted) {
      reply.close();
    }
    throwProxyFailure();
    if (reply.code() == 429 || reply.code() == 503) {
      reply.retryAfter(site.terms().clock().instant()).ifPresent(pause::ask);
    }
    return reply;
  }

  private void throwProxyFailure() throws IOException {
    if (bridge != null) {
      bridge.throwFailure();
    }
  }

  private static InterruptedIOException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    InterruptedIOException failure = new InterruptedIOException("Interrupted while waiting");
    failure.initCause(e);
    return failure;
  }

  /** Reads on for a moment what nobody wants, as the connection is then used again. */
  void discard(Reply reply) throws IOException {
    OptionalLong length = reply.contentLength();
    try (reply;
        InputStream in = reply.body()) {
      if (reply.isHead() || (length.isPresent() && length.getAsLong() <= DRAINED_BYTES)) {
        try (StallWatch.Phase brief =
            StallWatch.limit(site.terms().replyTimeout(), this::endCurrent)) {
          in.skip(DRAINED_BYTES);
        }
      }
    } catch (IOException e) {
      // the answer itself was whole
      LOG.debug("event=http-discard-failed endpoint={}", site.endpoint(), e);
    } finally {
      reading = null;
    }
  }

  HttpReplyException refused(Reply reply) {
    return reply.refused(site.terms().clock().instant());
  }

  private void requireOpen() throws IOException {
    if (aborted) {
      throw new IOException("This transfer was closed");
    }
  }

  /** Ends what is under way; whoever waits for it gets an exception. */
  void endCurrent() {
    CompletableFuture<HttpResponse<InputStream>> answer = waiting;
    if (answer != null) {
      answer.cancel(true);
    }
    Reply reply = reading;
    if (reply != null) {
      try {
        reply.close();
      } catch (IOException e) {
        LOG.debug("event=http-close-failed endpoint={}", site.endpoint(), e);
      }
    }
  }

  /** Ends what is under way, for good. */
  void abort() {
    synchronized (this) {
      aborted = true;
      if (pausing != null) {
        pausing.interrupt();
      }
    }
    endCurrent();
    close();
  }

  /**
   * Ends the client: at once from Java 21 on; before, its idle connection goes with the garbage.
   */
  void close() {
    ClientShutdown.now(client);
    trace.closed();
  }
}
