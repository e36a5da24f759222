package io.waybill.transfer.independent;

import io.waybill.transfer.tcp.server.TransferServer;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Our server on loopback without TLS, what it serves, and good clients of it. */
final class ServedRoot implements AutoCloseable {
  static final String USER = "mover";
  static final String KEY = "correct-horse-battery-staple";
  static final Instant MODIFIED = Instant.parse("2026-01-02T03:04:05.000006Z");

  final Path root;
  final byte[] instance = IndependentClient.newInstance();
  final TransferServer server;

  ServedRoot(Path directory) throws IOException {
    this(directory, builder -> builder.plaintext().idleTimeout(Duration.ofSeconds(20)));
  }

  ServedRoot(Path directory, UnaryOperator<TransferServer.Builder> settings) throws IOException {
    root = Files.createDirectories(directory.resolve("served"));
    server = settings.apply(TransferServer.builder(root).user(USER, () -> KEY)).build().start();
  }

  Socket connect() throws IOException {
    return IndependentStream.plain(server.port());
  }

  IndependentClient login() throws IOException, GeneralSecurityException {
    return new IndependentClient(connect(), instance, USER, KEY);
  }

  static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  /** Letters, as a nonce has them. */
  static byte[] printable(int size) {
    byte[] letters = random(size);
    for (int i = 0; i < size; i++) {
      letters[i] = (byte) ('a' + (letters[i] & 15));
    }
    return letters;
  }

  static IndependentSource source(String path, int size) {
    return new IndependentSource(path, random(size), MODIFIED);
  }

  byte[] served(String path) throws IOException {
    return Files.readAllBytes(root.resolve(path));
  }

  /** Everything below the root, as relative names. */
  List<String> names() throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.skip(1).map(each -> root.relativize(each).toString()).sorted().toList();
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
