package io.waybill.transfer.http;

import io.waybill.transfer.remote.OpenSockets;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A port of this machine that leads through a session's proxy. Java's HTTP client knows no SOCKS,
 * and does not log in to an HTTP proxy by Basic for https; but it can be told to use this one. Only
 * who has the token is let through, and only this process has it. Each connection carries one
 * tunnel, or one request in the clear.
 */
final class ProxyBridge implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(ProxyBridge.class);
  private static final int MOST_HEAD_BYTES = 64 << 10;
  private static final int PATIENCE_MILLIS = 10_000;
  private static final int BUFFER_BYTES = 64 << 10;
  private static final int TOKEN_BYTES = 32;

  private final OpenSockets sockets;
  private final ServerSocket listening;
  private final String authorization;
  private volatile @Nullable IOException failure;

  private ProxyBridge(OpenSockets sockets, ServerSocket listening, String authorization) {
    this.sockets = sockets;
    this.listening = listening;
    this.authorization = authorization;
  }

  /** Listens; it is closed with the session's sockets. */
  static ProxyBridge open(OpenSockets sockets) throws IOException {
    byte[] token = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(token);
    ProxyBridge bridge =
        new ProxyBridge(
            sockets,
            new ServerSocket(0, 0, InetAddress.getLoopbackAddress()),
            "Bearer " + HexFormat.of().formatHex(token));
    sockets.add(bridge);
    bridge.start("accept", bridge::accept);
    return bridge;
  }

  /** Returns where it listens. */
  InetSocketAddress address() {
    return new InetSocketAddress(listening.getInetAddress(), listening.getLocalPort());
  }

  /** Returns the Proxy-Authorization that lets through. */
  String authorization() {
    return authorization;
  }

  /** Throws why the proxy led nowhere, if that is why the last request failed. */
  void throwFailure() throws IOException {
    IOException last = failure;
    failure = null;
    if (last != null) {
      throw last;
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private void start(String name, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // one end is gone, which the other notices
                LOG.debug("event=http-bridge-ended", e);
              }
            },
            "waybill-http-bridge-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() throws IOException {
    while (!listening.isClosed()) {
      Socket client = listening.accept();
      sockets.remember(client);
      start("up", () -> serve(client));
    }
  }

  private void serve(Socket client) throws IOException {
    try (client) {
      client.setTcpNoDelay(true);
      client.setSoTimeout(PATIENCE_MILLIS);
      InputStream in = new BufferedInputStream(client.getInputStream(), BUFFER_BYTES);
      ProxiedRequest request = ProxiedRequest.parse(head(in));
      if (!isMine(request)) {
        answer(client, "407 Proxy Authentication Required");
        return;
      }
      client.setSoTimeout(0);
      Socket server;
      try {
        // heads hold logins, which a trace would have to hide
        server = sockets.connectUntold(request.host(), request.port());
      } catch (IOException e) {
        failure = e;
        answer(client, "502 Bad Gateway");
        return;
      }
      try (server) {
        lead(client, in, server, request);
      }
    }
  }

  private boolean isMine(ProxiedRequest request) {
    return MessageDigest.isEqual(
        request.proxyAuthorization().getBytes(StandardCharsets.ISO_8859_1),
        authorization.getBytes(StandardCharsets.ISO_8859_1));
  }

  private void lead(Socket client, InputStream in, Socket server, ProxiedRequest request)
      throws IOException {
    OutputStream out = server.getOutputStream();
    if (request.isTunnel()) {
      answer(client, "200 OK");
    } else {
      out.write(request.direct().getBytes(StandardCharsets.ISO_8859_1));
    }
    start(
        "down",
        () -> {
          try (client) {
            pump(server.getInputStream(), client.getOutputStream(), Long.MAX_VALUE);
          } finally {
            server.close();
          }
        });
    pump(in, out, request.isTunnel() ? Long.MAX_VALUE : request.contentLength());
    if (!request.isTunnel() && in.read() >= 0) {
      // a further request may be for another host
      throw new IOException("More than one request over one connection");
    }
  }

  private static void pump(InputStream in, OutputStream out, long most) throws IOException {
    byte[] bytes = new byte[BUFFER_BYTES];
    long left = most;
    while (left > 0) {
      int read = in.read(bytes, 0, (int) Math.min(bytes.length, left));
      if (read < 0) {
        return;
      }
      out.write(bytes, 0, read);
      left -= read;
    }
  }

  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int lineBytes = 0;
    while (head.size() < MOST_HEAD_BYTES) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("The request ended in its head");
      }
      head.write(next);
      if (next == '\n' && lineBytes == 0) {
        return head.toString(StandardCharsets.ISO_8859_1);
      }
      lineBytes = next == '\n' ? 0 : next == '\r' ? lineBytes : lineBytes + 1;
    }
    throw new IOException("A head of more than 64 KiB");
  }

  private static void answer(Socket client, String status) throws IOException {
    String close = status.startsWith("200") ? "" : "Content-Length: 0\r\nConnection: close\r\n";
    client
        .getOutputStream()
        .write(
            "HTTP/1.1 %s\r\n%s\r\n".formatted(status, close).getBytes(StandardCharsets.ISO_8859_1));
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
