package io.waybill.transfer.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.Verification;
import io.waybill.transfer.ftp.FtpSandbox;
import io.waybill.transfer.ftp.FtpTransfer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CopyOneTreeIT {
  @TempDir Path home;
  @TempDir Path target;

  @Test
  void copiesATreeFromAnFtpServer() throws Exception {
    byte[] content = new byte[2_500_000];
    new Random(1).nextBytes(content);
    Files.createDirectories(home.resolve("out/Übersicht/leer"));
    Files.write(home.resolve("out/big.bin"), content);
    Files.writeString(home.resolve("out/Übersicht/大.txt"), "data");
    Files.createFile(home.resolve("out/empty"));
    List<TransferReceipt> receipts;
    try (FtpSandbox server = new FtpSandbox(home);
        FileTransfer remote = FtpTransfer.connect(server.settings().build())) {
      receipts = CopyOneTree.copy(remote, "out", target);
    }
    assertThat(receipts)
        .hasSize(3)
        .allSatisfy(receipt -> assertThat(receipt.verification()).isEqualTo(Verification.DIGEST));
    assertThat(target.resolve("big.bin")).hasBinaryContent(content);
    assertThat(target.resolve("Übersicht/大.txt")).hasContent("data");
    assertThat(target.resolve("Übersicht/leer")).isEmptyDirectory();
    assertThat(target.resolve("empty")).isEmptyFile();
  }
}
