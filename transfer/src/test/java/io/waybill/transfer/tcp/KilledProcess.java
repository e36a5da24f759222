package io.waybill.transfer.tcp;

import io.waybill.transfer.TreeOptions;
import io.waybill.transfer.TreeReceipt;
import io.waybill.transfer.tcp.server.TransferServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server or client in a process of its own, to be killed. */
final class KilledProcess implements AutoCloseable {
  private final Process process;

  private KilledProcess(String... arguments) throws IOException {
    List<String> command =
        Stream.concat(
                Stream.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    // they start often and end soon
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    KilledProcess.class.getName()),
                Stream.of(arguments))
            .toList();
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  static KilledProcess server(Path root) throws IOException {
    return new KilledProcess("server", root.toString());
  }

  static KilledProcess upload(int port, Path source, String target) throws IOException {
    return new KilledProcess("upload", Integer.toString(port), source.toString(), target);
  }

  static KilledProcess download(int port, String source, Path target) throws IOException {
    return new KilledProcess("download", Integer.toString(port), source, target.toString());
  }

  static KilledProcess uploadTree(int port, Path source, String target) throws IOException {
    return new KilledProcess("upload-tree", Integer.toString(port), source.toString(), target);
  }

  static KilledProcess downloadTree(int port, String source, Path target) throws IOException {
    return new KilledProcess("download-tree", Integer.toString(port), source, target.toString());
  }

  /** The port that a server printed. */
  int port() throws IOException {
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = out.readLine();
    if (line == null) {
      throw new IOException("the server process ended");
    }
    return Integer.parseInt(line);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for the end and returns the exit code. */
  int exitCode() throws InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError("the process does not end");
    }
    return process.exitValue();
  }

  /** Kills it, as {@code kill -9} does. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments[0].equals("server")) {
      TransferServer server =
          TransferServer.builder(Path.of(arguments[1]))
              .user(TcpFixture.USER, () -> TcpFixture.KEY)
              .plaintext()
              .build()
              .start();
      System.out.println(server.port());
      Thread.currentThread().join();
    }
    // a server that was killed takes its time to start again on a busy machine
    WaybillServer server =
        TcpFixture.settings(Integer.parseInt(arguments[1])).backoff(TcpFixture.quick(200)).build();
    String from = arguments[2];
    String to = arguments[3];
    try (TcpTransfer transfer = TcpTransfer.connect(server)) {
      switch (arguments[0]) {
        case "upload" -> transfer.upload(Path.of(from), to);
        case "download" -> transfer.download(from, Path.of(to));
        case "upload-tree" ->
            require(transfer.uploadTree(Path.of(from), to, TreeOptions.defaults()));
        default -> require(transfer.downloadTree(from, Path.of(to), TreeOptions.defaults()));
      }
    }
  }

  private static void require(TreeReceipt receipt) {
    if (!receipt.isComplete()) {
      throw new IllegalStateException("not complete: " + receipt.failures());
    }
  }
}
