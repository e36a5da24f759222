package io.waybill.transfer.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.transfer.TransferException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What is said of a local file that cannot be read or written: where, why and what next. */
class LocalFailuresTest {
  private static final Path TARGET = Path.of("to", "a.txt");

  @Test
  void aReadOnlyPlaceIsCalledSoAndWhatToDoIsSaid() {
    assertThat(told(new AccessDeniedException(".a.txt.0123.wbpart")))
        .isInstanceOf(TransferException.LocalFile.class)
        .hasMessage(
            "Cannot work on %s: permission denied; let this user read and write there, or name another place",
            TARGET);
    assertThat(told(new FileSystemException("x", null, "Read-only file system")))
        .isInstanceOf(TransferException.LocalFile.class)
        .hasMessage(
            "Cannot work on %s: the file system is read-only; mount it for writing, or name another target",
            TARGET);
  }

  @Test
  void whereElseItFailedIsSaid() {
    String parent = Path.of("to").toAbsolutePath().toString();
    assertThat(LocalFailures.why(new AccessDeniedException(parent))).contains("at " + parent + ";");
    assertThat(LocalFailures.why(new IOException("other"))).isEqualTo("other");
  }

  private static TransferException told(IOException failure) {
    return LocalFailures.translate(TARGET, failure);
  }
}
