package io.waybill.mail.mime;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.testkit.ForkedJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LargeMessageIT {
  private static final long BYTES = 256L * 1024 * 1024;

  @Test
  void anAttachmentFourTimesTheHeapIsWrittenAndRead(@TempDir Path folder)
      throws IOException, InterruptedException {
    try (ForkedJvm child =
        ForkedJvm.running(LargeMessage.class)
            .jvmArgs("-Xmx64m", "-Djava.io.tmpdir=" + folder)
            .args(Long.toString(BYTES))
            .start()) {
      int exit = child.awaitExit(Duration.ofMinutes(3));
      assertThat(child.output()).contains("size=" + BYTES, "same=true", "frozen=true");
      assertThat(exit).isZero();
    }
    assertThat(folder).isEmptyDirectory();
  }
}
