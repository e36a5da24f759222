package io.waybill.transfer.file;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryHandleTest {
  private static final int ROUNDS = 2_000;

  @TempDir Path dir;

  @Test
  void aDirectoryThatTwoMakeAtOnceIsTheSameForBoth() throws Exception {
    ExecutorService two = Executors.newFixedThreadPool(2);
    CyclicBarrier both = new CyclicBarrier(2);
    try (DirectoryHandle root = DirectoryHandle.open(dir)) {
      for (int i = 0; i < ROUNDS; i++) {
        String name = "d" + i;
        Future<Object> byPath = two.submit(making(both, "a", () -> root.childOrMake(name)));
        Future<Object> byHandle =
            two.submit(making(both, "b", () -> root.childOrMake(name, root, "temporary")));
        byPath.get();
        byHandle.get();
        assertThat(dir.resolve(name)).isDirectoryContaining("glob:**/a");
        assertThat(dir.resolve(name)).isDirectoryContaining("glob:**/b");
      }
    } finally {
      two.shutdownNow();
    }
  }

  private static Callable<Object> making(
      CyclicBarrier both, String file, Callable<DirectoryHandle> made) {
    return () -> {
      both.await();
      try (DirectoryHandle directory = made.call();
          FileChannel channel = directory.openFile(file, CREATE_NEW, WRITE)) {
        return channel;
      }
    };
  }

  @Test
  void aNewFileHasTheBitsThatWereAskedForWhateverTheUmask() throws IOException {
    assumeTrue(dir.getFileSystem().supportedFileAttributeViews().contains("posix"));
    try (DirectoryHandle root = DirectoryHandle.open(dir)) {
      for (int mode : new int[] {0600, 0644, 0777, 0666, 0640}) {
        for (int again = 0; again < 2; again++) {
          String name = Integer.toOctalString(mode) + "-" + again;
          root.createFile(name, mode).close();
          assertThat(FileMode.of(Files.getPosixFilePermissions(dir.resolve(name)))).isEqualTo(mode);
        }
      }
    }
  }

  @Test
  void aNewFileDoesNotTakeATakenName() throws IOException {
    Files.writeString(dir.resolve("there"), "old");
    try (DirectoryHandle root = DirectoryHandle.open(dir)) {
      assertThatExceptionOfType(FileAlreadyExistsException.class)
          .isThrownBy(() -> root.createFile("there", 0644));
    }
    assertThat(dir.resolve("there")).hasContent("old");
  }

  @Test
  void aNewFileIsNobodyElsesWhileItIsWritten() throws IOException {
    assumeTrue(dir.getFileSystem().supportedFileAttributeViews().contains("posix"));
    try (DirectoryHandle root = DirectoryHandle.open(dir);
        FileChannel made = root.createFile("mine", 0600)) {
      assertThat(made.isOpen()).isTrue();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("mine"))))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void aTimeIsKeptToTheMicrosecondAndBefore1970ToTheSecond() throws IOException {
    Files.writeString(dir.resolve("f"), "f");
    try (DirectoryHandle root = DirectoryHandle.open(dir)) {
      for (String time :
          new String[] {
            "2026-01-02T03:04:05.123456789Z",
            "1969-12-31T23:59:59.9Z",
            "1960-01-01T00:00:00.25Z",
            "1960-01-01T00:00:00Z",
            "1970-01-01T00:00:00.5Z"
          }) {
        root.setModified("f", Instant.parse(time));
        Instant kept = Files.getLastModifiedTime(dir.resolve("f")).toInstant();
        assertThat(kept).as(time).isEqualTo(KeptTime.of(Instant.parse(time)));
        assertThat(Duration.between(kept, Instant.parse(time))).isLessThan(Duration.ofSeconds(1));
      }
    }
  }
}
