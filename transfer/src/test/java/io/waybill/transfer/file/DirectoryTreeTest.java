package io.waybill.transfer.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryTreeTest {
  @TempDir Path directory;

  @Test
  void allThatIsInItGoesAndWhatLinksLeadToStays() throws IOException {
    Path other = Files.createDirectories(directory.resolve("other"));
    Path kept = Files.writeString(other.resolve("kept"), "x");
    Path root = Files.createDirectories(directory.resolve("root"));
    Files.writeString(Files.createDirectories(root.resolve("a/b")).resolve("c"), "x");
    Files.createSymbolicLink(root.resolve("a/link"), other);
    Files.createSymbolicLink(root.resolve("nowhere"), directory.resolve("none"));

    DirectoryTree.delete(root);

    assertThat(root).doesNotExist();
    assertThat(kept).hasContent("x");
  }

  @Test
  void whatIsNotThereIsNoTrouble() {
    assertThatCode(() -> DirectoryTree.delete(directory.resolve("none")))
        .doesNotThrowAnyException();
  }
}
