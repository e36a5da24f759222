package io.waybill.transfer.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.Verification;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ServeAndUploadIT {
  @TempDir Path directory;

  @Test
  void uploadsToItsOwnServerOverTls() throws Exception {
    Path root = Files.createDirectory(directory.resolve("served"));
    Path file = Files.writeString(directory.resolve("big.iso"), "content");
    TransferReceipt receipt =
        ServeAndUpload.upload(directory.resolve("hub"), root, () -> "sixteen-characters", file);
    assertThat(receipt.verification()).isEqualTo(Verification.DIGEST);
    assertThat(root.resolve("in/big.iso")).hasContent("content");
  }
}
