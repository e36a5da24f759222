package io.waybill.transfer.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.transfer.Credentials;
import io.waybill.transfer.Digest;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.ftp.FtpSandbox;
import io.waybill.transfer.ftp.FtpTransfer;
import io.waybill.transfer.http.HttpSandbox;
import io.waybill.transfer.http.HttpTransfer;
import io.waybill.transfer.sftp.SftpSandbox;
import io.waybill.transfer.sftp.SftpTransfer;
import io.waybill.transfer.tcp.TcpTransfer;
import io.waybill.transfer.tcp.WaybillServer;
import io.waybill.transfer.tcp.server.TransferServer;
import io.waybill.transfer.tcp.tls.Identity;
import io.waybill.transfer.tcp.tls.ServerTrust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class RemoteSyncIT {
  private static final String KEY = "sixteen-characters";
  private static final Instant THEN = Instant.parse("2025-01-02T03:04:05.678901Z");
  @TempDir Path dir;
  private Path here;
  private Path served;

  @BeforeEach
  void makeTree() throws IOException {
    here = Files.createDirectories(dir.resolve("here"));
    served = Files.createDirectories(dir.resolve("served"));
    file(here.resolve("a.txt"), "alpha");
    file(here.resolve("deep/er/b.txt"), "beta");
    Files.createDirectory(here.resolve("empty"));
  }

  private static void file(Path path, String content) throws IOException {
    Files.createDirectories(path.getParent());
    Files.writeString(path, content);
    Files.setLastModifiedTime(path, FileTime.from(THEN));
  }

  /** Up, nothing to do, a change and a deletion, and down again. */
  private void goesBothWays(FileTransfer transfer) throws IOException {
    RemoteSide there = RemoteSide.of(transfer, "in/tree");
    SyncOptions options = SyncOptions.builder().delete(true).build();
    Sync up = new Sync(LocalSide.of(here), there, options, InstantSource.system());
    Copier sending = (from, to, each) -> transfer.upload(Path.of(from), to, each);
    SyncReceipt first = up.run(sending);
    assertThat(first.isComplete()).as("%s", first.failures()).isTrue();
    assertThat(first.counts().copied()).isEqualTo(2);
    assertThat(served.resolve("in/tree/deep/er/b.txt")).hasContent("beta");
    assertThat(served.resolve("in/tree/empty")).isEmptyDirectory();
    assertThat(up.plan().lines())
        .containsExactly("total     0 to copy (0 bytes), 0 to delete, 2 equal, 0 kept");

    Files.delete(here.resolve("deep/er/b.txt"));
    Files.delete(here.resolve("deep/er"));
    file(here.resolve("a.txt"), "alpha and more");
    SyncReceipt second = up.run(sending);
    assertThat(second.isComplete()).as("%s", second.failures()).isTrue();
    assertThat(second.counts().deleted()).isEqualTo(1);
    assertThat(second.counts().directoriesRemoved()).isEqualTo(1);
    assertThat(served.resolve("in/tree/deep")).isEmptyDirectory();

    Path back = dir.resolve("back");
    Sync down = new Sync(there, LocalSide.of(back), options, InstantSource.system());
    SyncReceipt third = down.run((from, to, each) -> transfer.download(from, Path.of(to), each));
    assertThat(third.isComplete()).as("%s", third.failures()).isTrue();
    assertThat(back.resolve("a.txt")).hasContent("alpha and more");
    assertThat(down.plan().isEmpty()).isTrue();
    assertThatThrownBy(() -> transfer.removeDirectory("in/tree"))
        .isInstanceOf(TransferException.Refused.class);
    assertThatThrownBy(() -> transfer.removeDirectory("in/none"))
        .isInstanceOf(TransferException.NotFound.class);
  }

  @Test
  void overFtp() throws Exception {
    try (FtpSandbox sandbox = new FtpSandbox(served);
        FileTransfer transfer = FtpTransfer.connect(sandbox.settings().build())) {
      goesBothWays(transfer);
      Set<Digest.Algorithm> any = Set.of(Digest.Algorithm.values());
      assertThat(transfer.digest("in/tree/a.txt", any))
          .hasValueSatisfying(
              digest ->
                  assertThat(LocalSide.of(here).digest("a.txt", Set.of(digest.algorithm())))
                      .contains(digest));
      assertThat(transfer.digest("in/tree/a.txt", Set.of())).isEmpty();
      RemoteSide there = RemoteSide.of(transfer, "in/tree");
      SyncOptions byDigest =
          SyncOptions.builder().delete(true).compare(SyncOptions.Compare.DIGEST).build();
      Files.move(here.resolve("a.txt"), here.resolve("empty/renamed.txt"));
      Sync up = new Sync(LocalSide.of(here), there, byDigest, InstantSource.system());
      SyncReceipt receipt = up.run((from, to, each) -> transfer.upload(Path.of(from), to, each));
      assertThat(receipt.counts().renamed()).isEqualTo(1);
      assertThat(receipt.counts().copied()).isZero();
      assertThat(served.resolve("in/tree/empty/renamed.txt")).hasContent("alpha and more");
    }
  }

  @Test
  void overSftp() throws Exception {
    try (SftpSandbox sandbox = new SftpSandbox(served);
        FileTransfer transfer = SftpTransfer.connect(sandbox.settings().build())) {
      goesBothWays(transfer);
      file(here.resolve("a.txt"), "ALPHA and more"); // neither size nor time tells
      RemoteSide there = RemoteSide.of(transfer, "in/tree");
      SyncOptions byDigest = SyncOptions.builder().compare(SyncOptions.Compare.DIGEST).build();
      Sync up = new Sync(LocalSide.of(here), there, byDigest, InstantSource.system());
      SyncReceipt receipt = up.run((from, to, each) -> transfer.upload(Path.of(from), to, each));
      assertThat(receipt.counts().copied()).isEqualTo(1);
      assertThat(served.resolve("in/tree/a.txt")).hasContent("ALPHA and more");
    }
  }

  @Test
  void fromAWebServer() throws Exception {
    file(served.resolve("tree/a.txt"), "alpha");
    file(served.resolve("tree/deep/er/b.txt"), "beta");
    Path back = Files.createDirectories(dir.resolve("back"));
    file(back.resolve("more.txt"), "not there");
    SyncOptions options = SyncOptions.builder().delete(true).build();
    try (HttpSandbox sandbox = new HttpSandbox(served);
        FileTransfer transfer = HttpTransfer.connect(sandbox.settings().build())) {
      Sync down =
          new Sync(
              RemoteSide.of(transfer, "tree"), LocalSide.of(back), options, InstantSource.system());
      Copier fetching = (from, to, each) -> transfer.download(from, Path.of(to), each);
      SyncReceipt first = down.run(fetching);
      assertThat(first.isComplete()).as("%s", first.failures()).isTrue();
      assertThat(first.counts().copied()).isEqualTo(2);
      assertThat(first.counts().deleted()).isEqualTo(1);
      assertThat(back.resolve("deep/er/b.txt")).hasContent("beta");
      assertThat(back.resolve("more.txt")).doesNotExist();
      assertThat(down.plan().actions())
          .as("its index tells neither sizes nor times: each file is asked for")
          .isEmpty();

      file(served.resolve("tree/a.txt"), "alpha and more");
      Files.delete(served.resolve("tree/deep/er/b.txt"));
      SyncReceipt second = down.run(fetching);
      assertThat(second.isComplete()).as("%s", second.failures()).isTrue();
      assertThat(second.counts().copied()).isEqualTo(1);
      assertThat(second.counts().deleted()).isEqualTo(1);
      assertThat(back.resolve("a.txt")).hasContent("alpha and more");
      assertThat(back.resolve("deep/er/b.txt")).doesNotExist();
    }
  }

  @Test
  void overTheWaybillProtocol() throws Exception {
    Identity identity = Identity.loadOrMake(dir.resolve("id"), "hub", InstantSource.system());
    try (TransferServer server =
            TransferServer.builder(served)
                .user("mover", () -> KEY)
                .identity(identity)
                .build()
                .start();
        FileTransfer transfer =
            TcpTransfer.connect(
                WaybillServer.builder("127.0.0.1", server.port())
                    .trust(ServerTrust.pin(identity.pin()))
                    .credentials(new Credentials("mover", () -> KEY))
                    .build())) {
      goesBothWays(transfer);
      RemoteSide there = RemoteSide.of(transfer, "in/tree");
      SyncOptions byDigest = SyncOptions.builder().compare(SyncOptions.Compare.DIGEST).build();
      Sync up = new Sync(LocalSide.of(here), there, byDigest, InstantSource.system());
      assertThatThrownBy(up::plan)
          .isInstanceOf(TransferException.Configuration.class)
          .hasMessageContaining("compare by size and time");
    }
  }
}
