package io.waybill.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.testkit.Leaks;
import io.waybill.transfer.file.LocalCopy;
import io.waybill.transfer.file.PartName;
import io.waybill.transfer.file.SourceFile;
import io.waybill.transfer.ftp.FtpSandbox;
import io.waybill.transfer.ftp.FtpTransfer;
import io.waybill.transfer.http.HttpSandbox;
import io.waybill.transfer.http.HttpTransfer;
import io.waybill.transfer.sftp.SftpSandbox;
import io.waybill.transfer.sftp.SftpTransfer;
import io.waybill.transfer.tcp.Backoff;
import io.waybill.transfer.tcp.TcpTransfer;
import io.waybill.transfer.tcp.WaybillServer;
import io.waybill.transfer.tcp.server.TransferServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A file system of 12 MiB that is half full, and a file of 8 MiB for it. */
@Timeout(60)
class FullDiskRealIT {
  private static final int MIB = 1 << 20;
  private static final String KEY = "correct-horse-battery-staple";

  @TempDir Path directory;
  @RegisterExtension final Leaks leaks = Leaks.watching(() -> directory);
  private final byte[] content = new byte[8 * MIB];
  private Path from;
  private Path source;
  private Path disk;
  private Path ballast;

  @BeforeEach
  void mountHalfFull() throws Exception {
    new Random(1).nextBytes(content);
    from = Files.createDirectory(directory.resolve("from"));
    source = Files.write(from.resolve("big"), content);
    disk = Files.createDirectory(directory.resolve("disk"));
    run("mount", "-t", "tmpfs", "-o", "size=12m,mode=700", "waybill-full-disk", disk.toString());
    ballast = Files.write(disk.resolve("ballast"), new byte[6 * MIB]);
  }

  @AfterEach
  void unmount() throws Exception {
    if (Files.getFileStore(disk).type().equals("tmpfs")
        && Files.getFileStore(disk).name().equals("waybill-full-disk")) {
      // lazily: what still holds a file open there must not keep the mount
      run("umount", "--lazy", disk.toString());
    }
  }

  @Test
  void localCopyGoesOnWhenThereIsRoom() throws IOException {
    LocalCopy copy = new LocalCopy(Clock.systemUTC());
    Path target = disk.resolve("copy");
    diskIsFull(() -> copy.copy(source, target, TransferOptions.defaults()));
    assertKept(target);
    diskIsFull(() -> copy.copy(source, target, TransferOptions.defaults()));
    assertKept(target);

    Files.delete(ballast);
    assertWhole(copy.copy(source, target, TransferOptions.defaults()), target);
  }

  @Test
  void downloadGoesOnWhenThereIsRoom() throws Exception {
    Path target = disk.resolve("fetched");
    try (FtpSandbox sandbox = new FtpSandbox(from);
        FileTransfer ftp = FtpTransfer.connect(sandbox.settings().build())) {
      diskIsFull(() -> ftp.download("big", target));
      assertKept(target);

      Files.delete(ballast);
      assertWhole(ftp.download("big", target), target);
    }
  }

  @Test
  void downloadBySftpGoesOnWhenThereIsRoom() throws Exception {
    Path target = disk.resolve("fetched");
    try (SftpSandbox sandbox = new SftpSandbox(from);
        FileTransfer sftp = SftpTransfer.connect(sandbox.settings().build())) {
      diskIsFull(() -> sftp.download("big", target));
      assertKept(target);

      Files.delete(ballast);
      assertWhole(sftp.download("big", target), target);
    }
  }

  @Test
  void downloadByHttpGoesOnWhenThereIsRoom() throws Exception {
    Path target = disk.resolve("fetched");
    try (HttpSandbox sandbox = new HttpSandbox(from);
        FileTransfer http = HttpTransfer.connect(sandbox.settings().build())) {
      diskIsFull(() -> http.download("big", target));
      assertKept(target);

      Files.delete(ballast);
      assertWhole(http.download("big", target), target);
    }
  }

  @Test
  void aDiskThatTakesNoMoreFilesIsFullToo() throws Exception {
    Path inodes = Files.createDirectory(directory.resolve("inodes"));
    run("mount", "-t", "tmpfs", "-o", "size=12m,nr_inodes=3", "waybill-full-disk", inodes + "");
    try {
      Files.createFile(inodes.resolve("one"));
      Path last = Files.createFile(inodes.resolve("two"));
      LocalCopy copy = new LocalCopy(Clock.systemUTC());
      Path target = inodes.resolve("copy");
      diskIsFull(() -> copy.copy(source, target, TransferOptions.defaults()));
      Files.delete(inodes.resolve("one"));
      diskIsFull(() -> copy.copy(source, target, TransferOptions.defaults()));
      Files.delete(last);
      copy.copy(source, target, TransferOptions.defaults());
      assertThat(target).hasBinaryContent(content);
    } finally {
      run("umount", "--lazy", inodes.toString());
    }
  }

  @Test
  void uploadToAFullServerGoesOnWhenThereIsRoom() throws IOException {
    Path target = disk.resolve("sent");
    try (TransferServer server =
            TransferServer.builder(disk).user("mover", () -> KEY).plaintext().build();
        TcpTransfer transfer =
            TcpTransfer.connect(
                WaybillServer.builder("127.0.0.1", server.start().port())
                    .credentials(new Credentials("mover", () -> KEY))
                    .plaintext()
                    .backoff(Backoff.builder().mostFailures(2).sleeper(wait -> {}).build())
                    .build())) {
      assertThatExceptionOfType(TransferException.Refused.class)
          .isThrownBy(() -> transfer.upload(source, "sent"))
          .withMessageContaining("the server's disk is full; once there is room")
          .withMessageNotContaining(disk.toString())
          .satisfies(e -> assertThat(e.isTransient()).isTrue());
      assertKept(target);

      Files.delete(ballast);
      assertWhole(transfer.upload(source, "sent"), target);
    }
  }

  @Test
  void aTreeGoesOnWhenThereIsRoomWhicheverEndIsFull() throws IOException {
    Path tree = directory.resolve("tree");
    Path small = Files.createDirectories(tree.resolve("small"));
    for (int i = 0; i < 60; i++) {
      Files.write(small.resolve("f" + i), Arrays.copyOf(content, 64 << 10));
    }
    Files.write(tree.resolve("large"), Arrays.copyOf(content, 3 * MIB));
    Path there = Files.createDirectory(disk.resolve("there"));
    List<Duration> waits = new ArrayList<>();
    try (TransferServer server =
            TransferServer.builder(directory).user("mover", () -> KEY).plaintext().build();
        TcpTransfer transfer =
            TcpTransfer.connect(
                WaybillServer.builder("127.0.0.1", server.start().port())
                    .credentials(new Credentials("mover", () -> KEY))
                    .plaintext()
                    .backoff(Backoff.builder().mostFailures(2).sleeper(waits::add).build())
                    .build())) {
      Files.write(ballast, new byte[11 * MIB]);
      assertThatExceptionOfType(TransferException.Refused.class)
          .isThrownBy(() -> upload(transfer, tree))
          .withMessageContaining("the server's disk is full; once there is room")
          .satisfies(e -> assertThat(e.isTransient()).isTrue());
      assertThat(waits).isNotEmpty().containsOnly(Duration.ofSeconds(10));
      Files.delete(ballast);
      assertThat(upload(transfer, tree).isComplete()).isTrue();
      assertThat(there.resolve("small/f59")).hasSameBinaryContentAs(small.resolve("f59"));

      Path back = disk.resolve("back");
      diskIsFull(() -> transfer.downloadTree("tree", back, TreeOptions.defaults()));
      try (Stream<Path> all = Files.walk(there)) {
        for (Path file : all.filter(Files::isRegularFile).toList()) {
          Files.delete(file);
        }
      }
      assertThat(transfer.downloadTree("tree", back, TreeOptions.defaults()).isComplete()).isTrue();
      assertThat(back.resolve("large")).hasSameBinaryContentAs(tree.resolve("large"));
    }
  }

  private static TreeReceipt upload(TcpTransfer transfer, Path tree) {
    return transfer.uploadTree(tree, "disk/there", TreeOptions.defaults());
  }

  @Test
  void downloadFromTheServerGoesOnWhenThereIsRoom() throws IOException {
    Path target = disk.resolve("fetched");
    try (TransferServer server =
            TransferServer.builder(from).user("mover", () -> KEY).plaintext().build();
        TcpTransfer transfer =
            TcpTransfer.connect(
                WaybillServer.builder("127.0.0.1", server.start().port())
                    .credentials(new Credentials("mover", () -> KEY))
                    .plaintext()
                    .backoff(Backoff.builder().mostFailures(2).sleeper(wait -> {}).build())
                    .build())) {
      diskIsFull(() -> transfer.download("big", target));
      assertKept(target);

      Files.delete(ballast);
      assertWhole(transfer.download("big", target), target);
    }
  }

  private static void diskIsFull(Runnable transfer) {
    assertThatExceptionOfType(TransferException.LocalFile.class)
        .isThrownBy(transfer::run)
        .withMessageContaining("The disk or quota is full")
        .withMessageContaining("make room and start again")
        .satisfies(e -> assertThat(e.isTransient()).isTrue())
        .satisfies(e -> assertThat(e.isDiskFull()).isTrue());
  }

  private void assertKept(Path target) throws IOException {
    assertThat(target).doesNotExist();
    try (Stream<Path> files = Files.list(disk)) {
      assertThat(files.map(each -> each.getFileName().toString()))
          .anyMatch(name -> name.endsWith(PartName.SUFFIX));
    }
  }

  private void assertWhole(TransferReceipt receipt, Path target) throws IOException {
    assertThat(receipt.bytesResumed()).isBetween(4L * MIB, 6L * MIB);
    Digest digest = receipt.digest().orElseThrow();
    try (SourceFile file = SourceFile.open(source)) {
      assertThat(digest).isEqualTo(file.digest(digest.algorithm()));
    }
    assertThat(target).hasBinaryContent(content);
    try (Stream<Path> files = Files.list(disk)) {
      assertThat(files).containsExactly(target);
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).as("%s ends", List.of(command)).isTrue();
    assertThat(process.exitValue()).as("%s: %s", List.of(command), output).isZero();
  }
}
