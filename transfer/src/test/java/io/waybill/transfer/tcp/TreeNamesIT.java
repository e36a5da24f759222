package io.waybill.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.transfer.TreeOptions;
import io.waybill.transfer.TreeReceipt;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Nothing of a tree is left out without a word, whatever its name. */
@EnabledOnOs(OS.LINUX)
class TreeNamesIT {
  @TempDir Path directory;
  private TcpFixture fixture;
  private Path tree;

  @BeforeEach
  void start() throws Exception {
    fixture = new TcpFixture(directory);
    tree = Files.createDirectory(directory.resolve("tree"));
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  // Java cannot write a name that is no text
  private static void fill(Path tree) throws Exception {
    String script =
        """
        cd "$1" && echo a >a.txt && echo b >b.wbpart && echo c >.a.txt.0123456789abcdef.wbpart
        mkdir d.wbpart && echo d >d.wbpart/in && echo e >"$(printf 'bad\\377')"
        mkdir "$(printf 'dir\\376')" && ln -s a.txt link && mkfifo pipe
        """;
    Process shell = new ProcessBuilder("sh", "-c", script, "sh", tree.toString()).start();
    assertThat(shell.waitFor()).isZero();
  }

  private static void requireAllTold(TreeReceipt receipt) {
    assertThat(receipt.filesCopied()).isEqualTo(1);
    assertThat(receipt.failures())
        .extracting(TreeReceipt.Failure::path)
        .containsExactlyInAnyOrder("b.wbpart", "d.wbpart", "bad\ufffd", "dir\ufffd");
    assertThat(receipt.failures())
        .allSatisfy(failure -> assertThat(failure.cause()).hasMessageEndingWith("; rename it"));
    assertThat(receipt.firstSkipped())
        .containsExactlyInAnyOrder(
            new TreeReceipt.Skipped("link", true), new TreeReceipt.Skipped("pipe", false));
  }

  @Test
  void uploadTells() throws Exception {
    fill(tree);
    try (TcpTransfer transfer = fixture.connect(fixture.server.port())) {
      requireAllTold(transfer.uploadTree(tree, "x", TreeOptions.builder().build()));
    }
  }

  @Test
  void downloadTells() throws Exception {
    fill(fixture.root);
    try (TcpTransfer transfer = fixture.connect(fixture.server.port())) {
      requireAllTold(transfer.downloadTree("", tree, TreeOptions.builder().build()));
      TreeOptions filtered =
          TreeOptions.builder().exclude(List.of("*.wbpart", "bad*", "dir*")).build();
      assertThat(transfer.downloadTree("", tree, filtered).isComplete()).isTrue();
    }
  }
}
