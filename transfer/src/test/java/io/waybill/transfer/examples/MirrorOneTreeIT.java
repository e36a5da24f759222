package io.waybill.transfer.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.ftp.FtpSandbox;
import io.waybill.transfer.ftp.FtpTransfer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MirrorOneTreeIT {
  @TempDir Path directory;

  @Test
  void tellsAndThenDoes() throws Exception {
    Path home = Files.createDirectory(directory.resolve("home"));
    Path here = Files.createDirectory(directory.resolve("here"));
    Files.writeString(here.resolve("a.txt"), "alpha");
    Files.writeString(here.resolve("b.tmp"), "left out");
    Files.writeString(Files.createDirectory(home.resolve("in")).resolve("old.txt"), "old");
    List<String> out = new ArrayList<>();
    try (FtpSandbox sandbox = new FtpSandbox(home);
        FileTransfer ftp = FtpTransfer.connect(sandbox.settings().build())) {
      assertThat(MirrorOneTree.mirror(here, ftp, "in", out::add).isComplete()).isTrue();
    }
    assertThat(home.resolve("in"))
        .isDirectoryContaining("glob:**a.txt")
        .isDirectoryNotContaining("glob:**{old.txt,b.tmp}");
    assertThat(out)
        .containsExactly(
            "copy      a.txt (5 bytes, missing)",
            "delete    old.txt",
            "total     1 to copy (5 bytes), 1 to delete, 0 equal, 0 kept");
  }
}
