package io.waybill.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.transfer.Integrity;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferProgress.Phase;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A source that somebody touches once its first chunk was read; in every way nothing is published.
 */
class TcpSourceChangeIT {
  // the server is at most the window of 8 MiB ahead of a client that touches the file
  private static final int SIZE = 24 << 20;

  @TempDir Path directory;
  private TcpFixture fixture;
  private TcpTransfer transfer;

  @BeforeEach
  void start() throws IOException {
    fixture = new TcpFixture(directory);
    transfer = fixture.connect(fixture.server.port());
  }

  @AfterEach
  void stop() {
    transfer.close();
    fixture.close();
  }

  /** What happens to the source. */
  @FunctionalInterface
  private interface Touching {
    void touch(Path source) throws IOException;
  }

  private enum Change {
    GROWS(source -> Files.write(source, new byte[] {1}, StandardOpenOption.APPEND)),
    SHRINKS(
        source -> {
          try (RandomAccessFile file = new RandomAccessFile(source.toFile(), "rw")) {
            file.setLength(SIZE - 1);
          }
        }),
    SHRINKS_TO_NOTHING(source -> Files.write(source, new byte[0])),
    VANISHES(Files::delete),
    IS_REPLACED_BY_ONE_OF_THE_SAME_SIZE_AND_TIME(
        source -> {
          Path other = source.resolveSibling("other");
          Files.copy(source, other, StandardCopyOption.COPY_ATTRIBUTES);
          Files.move(other, source, StandardCopyOption.REPLACE_EXISTING);
        }),
    IS_REWRITTEN_AND_ITS_TIME_SET_BACK(
        source -> {
          FileTime modified = Files.getLastModifiedTime(source);
          Object changed = Files.getAttribute(source, "unix:ctime");
          // a clock of a few milliseconds ticks between them
          while (Files.getAttribute(source, "unix:ctime").equals(changed)) {
            try (RandomAccessFile file = new RandomAccessFile(source.toFile(), "rw")) {
              file.writeInt(42);
            }
            Files.setLastModifiedTime(source, modified);
          }
          assertThat(Files.getLastModifiedTime(source)).isEqualTo(modified);
        });

    @SuppressWarnings("ImmutableEnumChecker") // lambdas without state
    private final Touching touching;

    Change(Touching touching) {
      this.touching = touching;
    }
  }

  @ParameterizedTest
  @EnumSource(Change.class)
  void anUploadOfItFails(Change change) throws IOException {
    Path source = fixture.file("a.bin", SIZE);
    assertThatExceptionOfType(TransferException.Integrity.class)
        .isThrownBy(() -> transfer.upload(source, "a.bin", once(change, source, Integrity.TREE)))
        .withMessageContaining(told(change));
    assertThat(fixture.root).isEmptyDirectory();
  }

  @ParameterizedTest
  @EnumSource(Change.class)
  void aDownloadOfItFails(Change change) throws IOException {
    Path source = fixture.file("a.bin", SIZE);
    Path served = Files.move(source, fixture.root.resolve("a.bin"));
    Path target = fixture.local.resolve("b.bin");
    assertThatExceptionOfType(TransferException.Integrity.class)
        .isThrownBy(
            () -> transfer.download("a.bin", target, once(change, served, Integrity.CRC32C)))
        .withMessageContaining(told(change));
    assertThat(fixture.local).isEmptyDirectory();
  }

  private static String told(Change change) {
    return (change == Change.VANISHES ? "vanished" : "changed") + " while it was read";
  }

  private static TransferOptions once(Change change, Path source, Integrity integrity) {
    AtomicBoolean isDone = new AtomicBoolean();
    return TransferOptions.builder()
        .integrity(integrity)
        .listener(
            progress -> {
              if (progress.phase() == Phase.TRANSFERRING && !isDone.getAndSet(true)) {
                try {
                  change.touching.touch(source);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }
            })
        .build();
  }
}
