package io.waybill;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Gives access-N and refresh-N for whatever it is asked, N from 2 on, until it refuses to. */
final class TokenEndpoint implements AutoCloseable {
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private volatile boolean isRefusing;

  TokenEndpoint() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/token", this::answer);
    server.start();
  }

  String uri() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/token";
  }

  /** Returns the forms of the requests until now. */
  List<String> asked() {
    return List.copyOf(asked);
  }

  /** Calls every refresh token worthless from now on. */
  void refuse() {
    isRefusing = true;
  }

  private synchronized void answer(HttpExchange exchange) throws IOException {
    asked.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
    String text =
        isRefusing
            ? "{\"error\":\"invalid_grant\"}"
            : """
              {"token_type":"Bearer","access_token":"access-%1$d","refresh_token":"refresh-%1$d","expires_in":3600}"""
                .formatted(asked.size() + 1);
    byte[] answer = text.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(isRefusing ? 400 : 200, answer.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(answer);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
