package io.waybill.transfer.ftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.transfer.ExpectedContract;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.Verification;
import io.waybill.transfer.remote.RemoteRelay;
import io.waybill.transfer.remote.RemoteTransfer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FtpRelayIT {
  private static final int MIB = 1 << 20;
  private static final Instant MODIFIED = Instant.parse("2024-02-29T22:59:58Z");
  private static final TransferOptions PARENTS =
      TransferOptions.builder().makeParents(true).build();

  @TempDir Path here;
  @TempDir Path there;
  private FtpSandbox source;
  private FtpSandbox target;

  @BeforeEach
  void start() throws Exception {
    source = new FtpSandbox(here);
    target = new FtpSandbox(there);
  }

  @AfterEach
  void stop() throws IOException {
    source.close();
    target.close();
    for (Path directory : List.of(here, there)) {
      try (Stream<Path> all = Files.walk(directory)) {
        assertThat(all.map(Path::toString).filter(each -> each.contains(".wb"))).isEmpty();
      }
    }
  }

  @Test
  void copiesFromOneServerToAnotherAndFindsItEqualThen() throws IOException {
    byte[] content = file(5 * MIB + 3);
    try (FileTransfer from = FtpTransfer.connect(source.settings().build());
        FileTransfer to = FtpTransfer.connect(target.settings().build())) {
      RemoteRelay relay = relay(from, to);
      TransferReceipt first = relay.copy("big", "new/deep/big", PARENTS);
      assertThat(first.verification()).isEqualTo(Verification.DIGEST);
      assertThat(first.bytesSent()).isEqualTo(content.length);
      assertThat(relay.copy("big", "new/deep/big", PARENTS).skippedBecauseEqual()).isTrue();
    }
    assertThat(there.resolve("new/deep/big")).hasBinaryContent(content);
    assertThat(Files.getLastModifiedTime(there.resolve("new/deep/big")).toInstant())
        .isEqualTo(MODIFIED);
  }

  @Test
  void goesOnAfterTheLineToTheSourceIsCut() throws IOException {
    byte[] content = file(6 * MIB);
    try (CuttingProxy proxy = new CuttingProxy();
        FileTransfer from =
            FtpTransfer.connect(source.settings().socketFactory(proxy.socketFactory()).build());
        FileTransfer to = FtpTransfer.connect(target.settings().build())) {
      proxy.cutAfter(3_000_000);
      TransferReceipt receipt = relay(from, to).copy("big", "big", PARENTS);
      assertThat(proxy.cutsMade).hasValue(1);
      assertThat(receipt.bytesSent()).isEqualTo(content.length);
    }
    assertThat(there.resolve("big")).hasBinaryContent(content);
  }

  @Test
  void goesOnAfterTheLineToTheTargetIsCut() throws IOException {
    // more than the kernel may hold, which goes with the line
    byte[] content = file(24 * MIB);
    try (CuttingProxy proxy = new CuttingProxy();
        FileTransfer from = FtpTransfer.connect(source.settings().build());
        FileTransfer to =
            FtpTransfer.connect(target.settings().socketFactory(proxy.socketFactory()).build())) {
      proxy.cutAfter(16_000_000);
      TransferReceipt receipt = relay(from, to).copy("big", "big", PARENTS);
      assertThat(proxy.cutsMade).hasValue(1);
      assertThat(receipt.reconnects()).isEqualTo(1);
      assertThat(receipt.bytesResumed()).isPositive();
    }
    assertThat(there.resolve("big")).hasBinaryContent(content);
  }

  @Test
  void whatIsNotThereIsSaidSo() {
    try (FileTransfer from = FtpTransfer.connect(source.settings().build());
        FileTransfer to = FtpTransfer.connect(target.settings().build())) {
      assertThatThrownBy(() -> relay(from, to).copy("no", "no", PARENTS))
          .isInstanceOf(TransferException.NotFound.class)
          .hasMessageContaining("no");
    }
    assertThat(there).isEmptyDirectory();
  }

  private static RemoteRelay relay(FileTransfer from, FileTransfer to) {
    return RemoteRelay.between((RemoteTransfer) from, (RemoteTransfer) to);
  }

  private byte[] file(int length) throws IOException {
    byte[] content = new byte[length];
    new Random(length).nextBytes(content);
    Files.write(here.resolve("big"), content);
    Files.setLastModifiedTime(here.resolve("big"), FileTime.from(MODIFIED));
    return content;
  }

  @Test
  void whatTheContentMustHaveIsComparedBeforeItIsPublished() throws IOException {
    Path file = ExpectedContract.source(here.resolve("f"));
    Path local = Files.createDirectory(there.resolve("local"));
    try (FileTransfer from = FtpTransfer.connect(source.settings().build());
        FileTransfer to = FtpTransfer.connect(target.settings().build())) {
      RemoteRelay relay = relay(from, to);
      ExpectedContract.holds(
          file, there.resolve("relayed"), options -> relay.copy("f", "relayed", options));
      ExpectedContract.tellsAnotherAlgorithm(file, options -> relay.copy("f", "r2", options));
      ExpectedContract.holds(
          file, there.resolve("sent"), options -> to.upload(file, "sent", options));
      ExpectedContract.tellsAnotherAlgorithm(file, options -> to.upload(file, "s2", options));
      ExpectedContract.holds(
          file, local.resolve("t"), options -> from.download("f", local.resolve("t"), options));
      ExpectedContract.tellsAnotherAlgorithm(
          file, options -> from.download("f", local.resolve("t"), options));
    }
  }
}
