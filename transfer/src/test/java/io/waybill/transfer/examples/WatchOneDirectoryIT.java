package io.waybill.transfer.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchOneDirectoryIT {
  @TempDir Path here;

  @Test
  void whatIsFinishedIsMovedAndWhatFailsIsSaid() throws Exception {
    Path in = Files.createDirectory(here.resolve("in"));
    Path out = Files.createDirectory(here.resolve("out"));
    Files.writeString(in.resolve("a"), "a");
    Files.writeString(in.resolve("b"), "b");
    Files.createDirectory(out.resolve("b"));
    List<String> log = new ArrayList<>();
    assertThat(WatchOneDirectory.moveWhatIsFinished(in, out, log::add)).containsExactly("b");
    assertThat(out.resolve("a")).hasContent("a");
    assertThat(in.resolve("a")).doesNotExist();
    assertThat(log).hasSize(1);
    assertThat(log.get(0)).contains(out.resolve("b") + " is a directory");
  }
}
