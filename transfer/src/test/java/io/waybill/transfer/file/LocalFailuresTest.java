package io.waybill.transfer.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.transfer.TransferException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

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

  @Test
  void aFullDiskIsTransientHoweverItComesOut() {
    for (IOException each :
        List.of(
            new IOException("No space left on device"),
            new IOException("Disk quota exceeded"),
            new FileSystemException("d", null, "No space left on device"),
            new FileSystemException("d", null, "Disk quota exceeded"))) {
      assertThat(told(each))
          .isInstanceOfSatisfying(
              TransferException.LocalFile.class, e -> assertThat(e.isDiskFull()).isTrue())
          .hasMessageContaining("what was written is kept, make room and start again");
      assertThat(told(each).isTransient()).isTrue();
    }
    // a file that only is called so
    IOException other = new FileSystemException("No space left on device", null, "Is a directory");
    assertThat(told(other).isTransient()).isFalse();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aBrokenDiskIsNoFullOneAndSaidInWords() throws IOException {
    // an address that no process has: the kernel answers EIO
    try (FileChannel broken = FileChannel.open(Path.of("/proc/self/mem"))) {
      assertThatThrownBy(() -> broken.read(ByteBuffer.allocate(1), 0))
          .isInstanceOfSatisfying(
              IOException.class,
              e -> {
                TransferException told = LocalFailures.translate(TARGET, e);
                assertThat(told)
                    .isInstanceOf(TransferException.LocalFile.class)
                    .hasMessageContaining("the disk or share reports an input/output error");
                assertThat(told.isTransient()).isFalse();
              });
    }
    assertThat(LocalFailures.why(new IOException("File too large"))).contains("so large");
    assertThat(LocalFailures.why(new IOException("Stale file handle"))).contains("mount it again");
  }

  private static TransferException told(IOException failure) {
    return LocalFailures.translate(TARGET, failure);
  }
}
