package io.waybill.transfer.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.waybill.transfer.Digest;
import io.waybill.transfer.file.PlainDigest;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/** A well-behaved server of a directory in this process; what it offers can be switched. */
public final class HttpSandbox implements AutoCloseable {
  static final String SECRET = "s3cret-planted";

  final List<String> requests = new CopyOnWriteArrayList<>();
  final List<String> conditions = new CopyOnWriteArrayList<>();

  /** The names of all fields that came in heads. */
  final List<String> heads = new CopyOnWriteArrayList<>();

  volatile String authorization = "";
  volatile boolean dav;
  volatile boolean digests;
  volatile boolean tags = true;
  volatile boolean ranges = true;

  private final Path root;
  private final HttpServer server;
  private final ExecutorService executor = Executors.newCachedThreadPool();

  /** Starts it, in the clear. */
  public HttpSandbox(Path root) throws IOException {
    this(root, HttpServer.create(loopback(), 0));
  }

  static HttpSandbox overTls(Path root, SSLContext context) throws IOException {
    HttpsServer https = HttpsServer.create(loopback(), 0);
    https.setHttpsConfigurator(new HttpsConfigurator(context));
    return new HttpSandbox(root, https);
  }

  private HttpSandbox(Path root, HttpServer server) {
    this.root = root;
    this.server = server;
    server.setExecutor(executor);
    server.createContext("/", this::handle);
    server.start();
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  /** Makes and moves what it is told to, as WebDAV does. */
  public HttpSandbox withDav() {
    dav = true;
    return this;
  }

  /** Returns the port on 127.0.0.1. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** Settings that reach this server and never really wait. */
  public HttpSite.Builder settings() {
    return plain(port()).https(server instanceof HttpsServer);
  }

  /** Settings that reach such a server of any process in the clear. */
  public static HttpSite.Builder plain(int port) {
    return HttpSite.builder()
        .host("127.0.0.1")
        .port(port)
        .https(false)
        .sleeper(duration -> {})
        .random(new Random(1));
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      requests.add(method + " " + exchange.getRequestURI());
      heads.addAll(exchange.getRequestHeaders().keySet());
      List<String> login = exchange.getRequestHeaders().getOrDefault("Authorization", List.of(""));
      String wanted = authorization;
      if (!wanted.isEmpty() && !wanted.equals(login.get(0))) {
        reply(exchange, 401);
        return;
      }
      Path path = root.resolve(exchange.getRequestURI().getPath().substring(1));
      switch (method) {
        case "HEAD", "GET" -> get(exchange, path, method.equals("HEAD"));
        case "PUT" -> put(exchange, path);
        case "DELETE" -> reply(exchange, Files.deleteIfExists(path) ? 204 : 404);
        case "OPTIONS" -> {
          exchange
              .getResponseHeaders()
              .set("Allow", dav ? "GET, HEAD, PUT, DELETE, MKCOL, MOVE" : "GET, HEAD, PUT, DELETE");
          reply(exchange, 200);
        }
        case "MKCOL" -> mkcol(exchange, path);
        case "MOVE" -> move(exchange, path);
        default -> reply(exchange, 501);
      }
    }
  }

  private static void reply(HttpExchange exchange, int code) throws IOException {
    exchange.sendResponseHeaders(code, -1);
  }

  private void mkcol(HttpExchange exchange, Path path) throws IOException {
    if (!dav || Files.exists(path)) {
      reply(exchange, 405);
      return;
    }
    Files.createDirectory(path);
    reply(exchange, 201);
  }

  private void move(HttpExchange exchange, Path path) throws IOException {
    if (!dav) {
      reply(exchange, 405);
    } else if (!Files.exists(path)) {
      reply(exchange, 404);
    } else {
      String to =
          URI.create(exchange.getRequestHeaders().getFirst("Destination")).getPath().substring(1);
      Files.move(path, root.resolve(to), StandardCopyOption.REPLACE_EXISTING);
      reply(exchange, 201);
    }
  }

  private void put(HttpExchange exchange, Path path) throws IOException {
    String condition = exchange.getRequestHeaders().getFirst("If-None-Match");
    if (condition != null) {
      conditions.add(condition);
    }
    if (condition != null && Files.exists(path)) {
      reply(exchange, 412);
      return;
    }
    Path directory = Objects.requireNonNull(path.getParent());
    if (dav && !Files.isDirectory(directory)) {
      reply(exchange, 409);
      return;
    }
    Files.createDirectories(directory);
    Files.copy(exchange.getRequestBody(), path, StandardCopyOption.REPLACE_EXISTING);
    reply(exchange, 201);
  }

  private void get(HttpExchange exchange, Path path, boolean isHead) throws IOException {
    String raw = exchange.getRequestURI().getRawPath();
    if (Files.isDirectory(path)) {
      if (!raw.endsWith("/")) {
        exchange.getResponseHeaders().set("Location", raw + "/");
        reply(exchange, 301);
      } else {
        send(exchange, index(path, raw), isHead);
      }
    } else if (Files.isRegularFile(path)) {
      file(exchange, path, isHead);
    } else {
      reply(exchange, 404);
    }
  }

  private static byte[] index(Path directory, String raw) throws IOException {
    StringBuilder page =
        new StringBuilder("<html><title>Index of " + raw + "</title><a href=\"../\">../</a>\n");
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.sorted().toList()) {
        String name =
            RequestPathTest.encoded(file.getFileName().toString())
                + (Files.isDirectory(file) ? "/" : "");
        page.append("<a href=\"").append(name).append("\">x</a>\n");
      }
    }
    return page.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void send(HttpExchange exchange, byte[] page, boolean isHead) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
    exchange.sendResponseHeaders(200, isHead ? -1 : page.length);
    if (!isHead) {
      exchange.getResponseBody().write(page);
    }
  }

  private void file(HttpExchange exchange, Path path, boolean isHead) throws IOException {
    byte[] content = Files.readAllBytes(path);
    Instant modified = Files.getLastModifiedTime(path).toInstant();
    exchange.getResponseHeaders().set("Last-Modified", FileRead.date(modified));
    if (tags) {
      exchange.getResponseHeaders().set("ETag", "\"" + sha256(content).hex() + "\"");
    }
    if (digests) {
      exchange
          .getResponseHeaders()
          .set(
              "Repr-Digest",
              "sha-256=:" + Base64.getEncoder().encodeToString(sha256(content).toBytes()) + ":");
    }
    String range = ranges ? exchange.getRequestHeaders().getFirst("Range") : null;
    int from = 0;
    int to = content.length - 1;
    int code = 200;
    if (range != null && content.length > 0) {
      String[] ends = range.substring("bytes=".length()).split("-", 2);
      from = Integer.parseInt(ends[0]);
      to = ends[1].isEmpty() ? to : Integer.parseInt(ends[1]);
      code = 206;
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes %d-%d/%d".formatted(from, to, content.length));
    }
    int length = to - from + 1;
    if (isHead) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(length));
    }
    exchange.sendResponseHeaders(code, isHead || length == 0 ? -1 : length);
    if (!isHead && length > 0) {
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(content, from, length);
      }
    }
  }

  static Digest sha256(byte[] content) {
    PlainDigest digest = new PlainDigest(Digest.Algorithm.SHA_256);
    digest.update(content, 0, content.length);
    return digest.digest();
  }

  static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static Path file(Path path, byte[] content) throws IOException {
    Files.write(path, content);
    return Files.setLastModifiedTime(path, FileTime.from(Instant.parse("2024-02-29T22:59:58Z")));
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }
}
