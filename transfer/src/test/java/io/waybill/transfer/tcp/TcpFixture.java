package io.waybill.transfer.tcp;

import io.waybill.transfer.Credentials;
import io.waybill.transfer.tcp.server.TransferServer;
import io.waybill.transfer.tcp.tls.Identity;
import io.waybill.transfer.tcp.tls.ServerTrust;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A server below a temporary directory, and what the tests make and look at there. */
final class TcpFixture implements AutoCloseable {
  static final String USER = "mover";
  static final String KEY = "correct-horse-battery-staple";

  final Path root;
  final Path local;
  TransferServer server;

  private final Duration idle;
  private final @Nullable Identity identity;

  TcpFixture(Path directory) throws IOException {
    this(directory, Duration.ofSeconds(20));
  }

  TcpFixture(Path directory, Duration idle) throws IOException {
    this(directory, idle, false);
  }

  /** One over TLS, whose clients know it by its pin. */
  static TcpFixture secured(Path directory) throws IOException {
    return new TcpFixture(directory, Duration.ofSeconds(20), true);
  }

  private TcpFixture(Path directory, Duration idle, boolean isSecured) throws IOException {
    this.idle = idle;
    identity =
        isSecured
            ? Identity.loadOrMake(
                directory.resolve("identity"), "server.example", InstantSource.system())
            : null;
    root = Files.createDirectories(directory.resolve("served"));
    local = Files.createDirectories(directory.resolve("local"));
    server = newServer(0);
  }

  TransferServer newServer(int port) {
    return builder(port).user(USER, () -> KEY).build().start();
  }

  boolean isSecured() {
    return identity != null;
  }

  /** A server without users as yet. */
  TransferServer.Builder builder(int port) {
    TransferServer.Builder builder =
        TransferServer.builder(root)
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .idleTimeout(idle);
    return identity == null ? builder.plaintext() : builder.identity(identity);
  }

  TcpTransfer connect(int port) {
    return TcpTransfer.connect(client(port).build());
  }

  /** What a client of this server is told. */
  WaybillServer.Builder client(int port) {
    return identity == null ? settings(port) : common(port).trust(ServerTrust.pin(identity.pin()));
  }

  static WaybillServer.Builder settings(int port) {
    return common(port).plaintext();
  }

  private static WaybillServer.Builder common(int port) {
    return WaybillServer.builder("127.0.0.1", port)
        .credentials(new Credentials(USER, () -> KEY))
        .idleTimeout(Duration.ofSeconds(20))
        .backoff(quick(20));
  }

  static Backoff quick(int mostFailures) {
    return Backoff.builder()
        .between(Duration.ofMillis(20), Duration.ofMillis(200))
        .mostFailures(mostFailures)
        .random(new Random(7))
        .build();
  }

  /** A local file of random bytes. */
  Path file(String name, long size) throws IOException {
    Path path = local.resolve(name);
    byte[] bytes = new byte[(int) size];
    new Random(size).nextBytes(bytes);
    return Files.write(path, bytes);
  }

  /** A local file of lines that compress well. */
  Path text(String name, int size) throws IOException {
    Random random = new Random(size);
    StringBuilder text = new StringBuilder();
    while (text.length() < size) {
      text.append("order ").append(random.nextInt(1000)).append(";shipped;EUR\n");
    }
    return Files.writeString(local.resolve(name), text.substring(0, size));
  }

  /** A local file of holes with a few bytes in some chunks. */
  Path sparse(String name, long size) throws IOException {
    Path path = local.resolve(name);
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(size);
      for (long at = 3 << 20; at < size; at += 17 << 20) {
        file.seek(at);
        file.writeInt(42);
      }
    }
    return path;
  }

  /** The files below the root that are not finished. */
  List<Path> partFiles() throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(each -> each.getFileName().toString().contains(".wb")).toList();
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
