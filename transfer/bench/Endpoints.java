import io.waybill.transfer.Credentials;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.Integrity;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TreeOptions;
import io.waybill.transfer.TreeReceipt;
import io.waybill.transfer.ftp.FtpServer;
import io.waybill.transfer.ftp.FtpTransfer;
import io.waybill.transfer.ftp.Protection;
import io.waybill.transfer.sftp.HostKeyTrust;
import io.waybill.transfer.sftp.SftpServer;
import io.waybill.transfer.sftp.SftpTransfer;
import io.waybill.transfer.sync.LocalSide;
import io.waybill.transfer.sync.RemoteSide;
import io.waybill.transfer.sync.Side;
import io.waybill.transfer.sync.Sync;
import io.waybill.transfer.sync.SyncOptions;
import io.waybill.transfer.sync.SyncPlan;
import io.waybill.transfer.tcp.TcpTransfer;
import io.waybill.transfer.tcp.WaybillServer;
import io.waybill.transfer.tcp.tls.Pin;
import io.waybill.transfer.tcp.tls.ServerTrust;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The client's end of a measurement against other people's servers, warm: reads commands from
 * standard input, and answers each with a line "SECONDS CPU-SECONDS". The script talks to it.
 *
 * <pre>
 * Endpoints NAME=KIND,HOST,PORT,USER[,MORE]...   KIND is waybill, ftp, ftps (MORE is the pin of its
 *                                                key) or sftp (MORE is the private key's file)
 *   up|down|uptree|downtree NAME light|digest LOCAL REMOTE
 *   sync NAME light LOCAL REMOTE                 must find nothing to do; NAME may be "here"
 * </pre>
 */
final class Endpoints {
  private final Map<String, FileTransfer> connections = new HashMap<>();

  public static void main(String[] args) throws Exception {
    Endpoints endpoints = new Endpoints();
    for (String each : args) {
      endpoints.add(each.split("=", 2)[0], List.of(each.split("=", 2)[1].split(",")));
    }
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      double cpu = cpu();
      long begun = System.nanoTime();
      endpoints.run(line.split(" "));
      System.out.printf("%.4f %.3f%n", (System.nanoTime() - begun) / 1e9, cpu() - cpu);
      System.out.flush();
    }
    endpoints.connections.values().forEach(FileTransfer::close);
  }

  private static double cpu() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime()
        / 1e9;
  }

  private void add(String name, List<String> words) throws IOException {
    String host = words.get(1);
    int port = Integer.parseInt(words.get(2));
    Credentials login = new Credentials(words.get(3), () -> "anonymous");
    connections.put(
        name,
        switch (words.get(0)) {
          case "waybill" ->
              TcpTransfer.connect(
                  WaybillServer.builder(host, port)
                      .credentials(new Credentials(words.get(3), () -> "a-key-for-the-bench"))
                      .plaintext()
                      .build());
          case "ftp" ->
              FtpTransfer.connect(
                  FtpServer.builder().host(host).port(port).credentials(login).build());
          case "ftps" ->
              FtpTransfer.connect(
                  FtpServer.builder()
                      .host(host)
                      .port(port)
                      .credentials(login)
                      .protection(Protection.EXPLICIT)
                      .trust(ServerTrust.pin(Pin.parse(words.get(4))))
                      .build());
          case "sftp" ->
              SftpTransfer.connect(
                  SftpServer.builder()
                      .host(host)
                      .port(port)
                      .user(words.get(3))
                      .privateKey(Path.of(words.get(4)))
                      .trust(
                          HostKeyTrust.knownHosts(Path.of(words.get(4) + ".known")).acceptingNew())
                      .build());
          default -> throw new IOException("No such kind of endpoint: " + words.get(0));
        });
  }

  private void run(String[] words) {
    if (words[0].equals("sync")) {
      sync(words[1], Path.of(words[3]), words[4]);
      return;
    }
    FileTransfer over = connections.get(words[1]);
    TransferOptions options =
        TransferOptions.builder()
            .integrity(words[2].equals("light") ? Integrity.CRC32C : Integrity.TREE)
            .build();
    TreeOptions tree = TreeOptions.builder().files(options).build();
    Path local = Path.of(words[3]);
    String remote = words[4];
    switch (words[0]) {
      case "up" -> over.upload(local, remote, options);
      case "down" -> over.download(remote, local, options);
      case "uptree" -> require(over.uploadTree(local, remote, tree));
      default -> require(over.downloadTree(remote, local, tree));
    }
  }

  private void sync(String name, Path local, String remote) {
    Side target =
        name.equals("here")
            ? LocalSide.of(Path.of(remote))
            : RemoteSide.of(connections.get(name), remote);
    SyncPlan plan =
        new Sync(
                LocalSide.of(local),
                target,
                SyncOptions.builder().delete(true).build(),
                InstantSource.system())
            .plan();
    if (!plan.actions().isEmpty() || !plan.failures().isEmpty()) {
      throw new IllegalStateException(plan.actions() + " " + plan.failures());
    }
  }

  private static void require(TreeReceipt receipt) {
    if (!receipt.isComplete()) {
      throw new IllegalStateException(receipt.failures().toString());
    }
  }
}
