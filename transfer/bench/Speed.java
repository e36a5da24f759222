import io.waybill.transfer.Credentials;
import io.waybill.transfer.Integrity;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TreeOptions;
import io.waybill.transfer.TreeReceipt;
import io.waybill.transfer.tcp.TcpTransfer;
import io.waybill.transfer.tcp.WaybillServer;
import io.waybill.transfer.tcp.server.TransferServer;
import io.waybill.transfer.tcp.tls.Identity;
import io.waybill.transfer.tcp.tls.ServerTrust;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.zip.CRC32C;

/**
 * One end of a measurement, warm: reads commands from standard input, and answers each with a line
 * "SECONDS CPU-SECONDS" (CPU of this process). bench/run talks to it.
 *
 * <pre>
 * Speed serve ROOT IDENTITY-DIRECTORY         serves plaintext and TLS; prints both ports; "cpu" asks
 * Speed client IDENTITY-DIRECTORY PLAIN TLS   "up|down plain|tls crc32c|tree LOCAL REMOTE"
 *                                             "uptree|downtree plain|tls crc32c|tree LOCAL REMOTE"
 * Speed loop                                  "none|crc32c|sha-256 FROM TO": file, loopback, file
 * </pre>
 */
final class Speed {
  private static final Credentials LOGIN = new Credentials("bench", () -> "a-key-for-the-bench");

  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "serve" -> serve(Path.of(args[1]), identity(args[2]));
      case "client" -> client(identity(args[1]), Integer.parseInt(args[2]), Integer.parseInt(args[3]));
      default -> answer(words -> loop(words[0], Path.of(words[1]), Path.of(words[2])));
    }
  }

  private static Identity identity(String directory) throws IOException {
    return Identity.loadOrMake(Path.of(directory), "localhost", InstantSource.system());
  }

  private interface Work {
    void run(String[] words) throws Exception;
  }

  private static void answer(Work work) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      double cpu = cpu();
      long begun = System.nanoTime();
      work.run(line.split(" "));
      System.out.printf("%.4f %.3f%n", (System.nanoTime() - begun) / 1e9, cpu() - cpu);
      System.out.flush();
    }
  }

  private static double cpu() {
    return ((com.sun.management.OperatingSystemMXBean)
                ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime()
        / 1e9;
  }

  private static void serve(Path root, Identity identity) throws Exception {
    try (TransferServer plain = server(root).plaintext().build().start();
        TransferServer tls = server(root).identity(identity).build().start()) {
      System.out.println(plain.port() + " " + tls.port());
      double[] last = {cpu()};
      BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
      while (in.readLine() != null) {
        double now = cpu();
        System.out.printf("%.3f%n", now - last[0]);
        last[0] = now;
      }
    }
  }

  private static TransferServer.Builder server(Path root) {
    return TransferServer.builder(root)
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .user(LOGIN.user(), LOGIN.secret());
  }

  private static void client(Identity identity, int plainPort, int tlsPort) throws Exception {
    try (TcpTransfer plain =
            TcpTransfer.connect(
                WaybillServer.builder("127.0.0.1", plainPort).credentials(LOGIN).plaintext().build());
        TcpTransfer tls =
            TcpTransfer.connect(
                WaybillServer.builder("127.0.0.1", tlsPort)
                    .credentials(LOGIN)
                    .trust(ServerTrust.pin(identity.pin()))
                    .build())) {
      answer(
          words -> copy(words[1].equals("tls") ? tls : plain, words[0], words[2], Path.of(words[3]), words[4]));
    }
  }

  private static void copy(TcpTransfer over, String way, String integrity, Path local, String remote) {
    TransferOptions options =
        TransferOptions.builder()
            .integrity(integrity.equals("tree") ? Integrity.TREE : Integrity.CRC32C)
            .targetPolicy(TargetPolicy.SKIP_EQUAL)
            .build();
    TreeOptions tree = TreeOptions.builder().files(options).build();
    switch (way) {
      case "up" -> over.upload(local, remote, options);
      case "down" -> over.download(remote, local, options);
      case "uptree" -> require(over.uploadTree(local, remote, tree));
      default -> require(over.downloadTree(remote, local, tree));
    }
  }

  private static void require(TreeReceipt receipt) {
    if (!receipt.isComplete()) {
      throw new IllegalStateException(receipt.failures().toString());
    }
  }

  /** What the JVM could do if nothing but the bytes moved: the limit that each row is held to. */
  private static void loop(String sum, Path from, Path to) throws Exception {
    try (ServerSocketChannel listener =
            ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        FileChannel source = FileChannel.open(from);
        SocketChannel out = SocketChannel.open(listener.getLocalAddress());
        SocketChannel in = listener.accept();
        FileChannel target =
            FileChannel.open(
                to,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
      FutureTask<Void> sending =
          new FutureTask<>(
              () -> {
                move(sum, buffer -> source.read(buffer), buffer -> out.write(buffer));
                out.shutdownOutput();
                return null;
              });
      new Thread(sending).start();
      move(sum, buffer -> in.read(buffer), buffer -> target.write(buffer));
      sending.get();
    }
  }

  private interface Step {
    int with(ByteBuffer buffer) throws IOException;
  }

  private static void move(String sum, Step read, Step write) throws Exception {
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
    CRC32C crc = new CRC32C();
    Optional<MessageDigest> sha =
        sum.equals("sha-256") ? Optional.of(MessageDigest.getInstance("SHA-256")) : Optional.empty();
    while (read.with(buffer.clear()) >= 0) {
      buffer.flip();
      if (sum.equals("crc32c")) {
        crc.update(buffer.duplicate());
      }
      sha.ifPresent(each -> each.update(buffer.duplicate()));
      while (buffer.hasRemaining()) {
        write.with(buffer);
      }
    }
  }
}
