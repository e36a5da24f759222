import io.waybill.transfer.Credentials;
import io.waybill.transfer.Integrity;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TreeOptions;
import io.waybill.transfer.TreeReceipt;
import io.waybill.transfer.tcp.RouteMemory;
import io.waybill.transfer.tcp.TcpTransfer;
import io.waybill.transfer.tcp.WaybillServer;
import io.waybill.transfer.tcp.server.TransferServer;
import io.waybill.transfer.tcp.tls.Identity;
import io.waybill.transfer.tcp.tls.ServerTrust;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One end of a measurement, warm: reads commands from standard input, and answers each with a line
 * "SECONDS CPU-SECONDS" (CPU of this process) and what else there is to say. The scripts talk to
 * it.
 *
 * <pre>
 * Speed serve ADDRESS IDENTITY ROOT...        serves each root in the clear and over TLS, and prints
 *                                             all the ports; each line that is read asks for the CPU
 *                                             seconds since the last one
 * Speed client ADDRESS IDENTITY NAME=PORT...  connections; those whose name begins with tls have TLS
 *   up|down|uptree|downtree NAME crc32c|tree LOCAL REMOTE
 *   cut up|down NAME LOCAL REMOTE             cuts the line at 90 %: + MiB sent twice, ms until the
 *                                             first chunk after the new connection was begun
 *   streams up|down N SERIES LOCAL REMOTE     N connections for the file, 0 tunes itself; the bytes
 *                                             on the device wan0 as they go by are written to SERIES
 * Speed loop KEYSTORE                         see Loop
 * </pre>
 */
final class Speed {
  private static final Credentials LOGIN = new Credentials("bench", () -> "a-key-for-the-bench");

  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "serve" -> serve(args[1], identity(args[2]), List.of(args).subList(3, args.length));
      case "client" -> {
        try (Client client = new Client(args[1], identity(args[2]))) {
          for (String port : List.of(args).subList(3, args.length)) {
            client.add(port.split("=", 2)[0], Integer.parseInt(port.split("=", 2)[1]));
          }
          answer(client::ask);
        }
      }
      default -> {
        Loop loop = new Loop(Path.of(args[1]));
        answer(words -> loop.run(words[0], Path.of(words[1]), Path.of(words[2])));
      }
    }
  }

  private static Identity identity(String directory) throws IOException {
    return Identity.loadOrMake(Path.of(directory), "localhost", InstantSource.system());
  }

  private interface Work {
    String run(String[] words) throws Exception;
  }

  private static void answer(Work work) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      double cpu = cpu();
      long begun = System.nanoTime();
      String more = work.run(line.split(" "));
      System.out.printf("%.4f %.3f %s%n", (System.nanoTime() - begun) / 1e9, cpu() - cpu, more);
      System.out.flush();
    }
  }

  private static double cpu() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime()
        / 1e9;
  }

  private static void serve(String address, Identity identity, List<String> roots)
      throws Exception {
    List<TransferServer> servers = new ArrayList<>();
    for (String root : roots) {
      servers.add(server(address, root).plaintext().build().start());
      servers.add(server(address, root).identity(identity).build().start());
    }
    servers.forEach(each -> System.out.print(each.port() + " "));
    System.out.println();
    double last = cpu();
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    while (in.readLine() != null) {
      double now = cpu();
      System.out.printf("%.3f%n", now - last);
      last = now;
    }
    servers.forEach(TransferServer::close);
  }

  private static TransferServer.Builder server(String address, String root) {
    return TransferServer.builder(Path.of(root))
        .bind(new InetSocketAddress(address, 0))
        .user(LOGIN.user(), LOGIN.secret());
  }

  /** The client's end, with a connection to each server. */
  private static final class Client implements AutoCloseable {
    private final String address;
    private final Identity identity;
    private final Map<String, Integer> ports = new HashMap<>();
    private final Map<String, TcpTransfer> connections = new HashMap<>();

    Client(String address, Identity identity) {
      this.address = address;
      this.identity = identity;
    }

    void add(String name, int port) {
      ports.put(name, port);
      connections.put(name, TcpTransfer.connect(to(name).build()));
    }

    private WaybillServer.Builder to(String name) {
      WaybillServer.Builder server =
          WaybillServer.builder(address, ports.get(name)).credentials(LOGIN);
      return name.startsWith("tls")
          ? server.trust(ServerTrust.pin(identity.pin()))
          : server.plaintext();
    }

    String ask(String[] words) throws Exception {
      return switch (words[0]) {
        case "cut" -> cut(words[1], words[2], Path.of(words[3]), words[4]);
        case "streams" ->
            streams(words[1], Integer.parseInt(words[2]), Path.of(words[3]), words[4], words[5]);
        default -> {
          copy(connections.get(words[1]), words[0], words[2], Path.of(words[3]), words[4]);
          yield "";
        }
      };
    }

    private String cut(String way, String name, Path local, String remote) throws Exception {
      long bytes =
          way.equals("up")
              ? Files.size(local)
              : connections.get(name).stat(remote).orElseThrow().sizeBytes();
      Cut line = new Cut(way.equals("up"), bytes);
      WaybillServer server = to(name).streams(1).socketFactory(line).tap(line).build();
      try (TcpTransfer over = TcpTransfer.connect(server)) {
        copy(over, way, "tree", local, remote);
      }
      return "%.2f %.1f".formatted(line.bytesTwice() / 1048576.0, line.millisUntilFirstChunk());
    }

    private String streams(String way, int number, Path series, String local, String remote)
        throws Exception {
      WaybillServer.Builder server = to("plain").streams(number);
      // what one measurement learned must not help the next
      server.routeMemory(RouteMemory.inMemory(InstantSource.system()));
      try (LinkWatch watch = LinkWatch.start(way.equals("up"), series);
          TcpTransfer over = TcpTransfer.connect(server.build())) {
        copy(over, way, "tree", Path.of(local), remote);
      }
      return "";
    }

    @Override
    public void close() {
      connections.values().forEach(TcpTransfer::close);
    }
  }

  private static void copy(
      TcpTransfer over, String way, String integrity, Path local, String remote) {
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
}
