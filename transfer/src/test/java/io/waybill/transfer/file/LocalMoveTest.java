package io.waybill.transfer.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import io.waybill.transfer.Digest;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.Verification;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs({OS.LINUX, OS.MAC})
class LocalMoveTest {
  private static final Instant OLD = Instant.parse("2024-02-29T22:59:58Z");
  private final LocalMove move = new LocalMove(InstantSource.fixed(Instant.EPOCH));
  @TempDir Path dir;
  private Path source;
  private Path target;

  @BeforeEach
  void makeSource() throws IOException {
    source = Files.writeString(Files.createDirectory(dir.resolve("from")).resolve("a"), "content");
    Files.setLastModifiedTime(source, FileTime.from(OLD));
    target = Files.createDirectory(dir.resolve("to")).resolve("b");
  }

  private static TransferOptions policy(TargetPolicy policy) {
    return TransferOptions.builder().targetPolicy(policy).build();
  }

  private static Object key(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  @Test
  void aVersionThatNobodyWantsStays() {
    TransferException.Configuration unwanted = new TransferException.Configuration("not this one");
    assertThatThrownBy(
            () ->
                move.rename(
                    source,
                    target,
                    TransferOptions.defaults(),
                    opened -> {
                      assertThat(opened.modified()).contains(OLD);
                      throw unwanted;
                    }))
        .isSameAs(unwanted);
    assertThat(source).hasContent("content");
    assertThat(target).doesNotExist();
  }

  @Test
  void withinAFileSystemItIsOneRename() throws IOException {
    Object inode = key(source);
    TransferOptions strict =
        TransferOptions.builder()
            .atLeast(Verification.READ_BACK)
            .digest(Digest.Algorithm.SHA_256)
            .build();
    TransferReceipt receipt = move.move(source, target, strict);
    assertThat(source).doesNotExist();
    assertThat(target).hasContent("content");
    assertThat(key(target)).isEqualTo(inode);
    assertThat(Files.getLastModifiedTime(target).toInstant()).isEqualTo(OLD);
    assertThat(receipt.renamed()).isTrue();
    assertThat(receipt.bytes()).isEqualTo(7);
    assertThat(receipt.bytesSent()).isZero();
    assertThat(receipt.target().path()).isEqualTo(target.toString());
    assertThat(receipt.digest().orElseThrow().hex())
        .isEqualTo("ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73");
    assertThat(dir.resolve("to")).isDirectoryContaining(each -> each.equals(target));
  }

  @Test
  void policyHoldsForTheTarget() throws IOException {
    Files.writeString(target, "old");
    assertThatThrownBy(() -> move.move(source, target, policy(TargetPolicy.FAIL)))
        .isInstanceOf(TransferException.Refused.class)
        .hasMessageContaining(target + " exists already");
    assertThat(target).hasContent("old");
    TransferReceipt renamed = move.move(source, target, policy(TargetPolicy.RENAME));
    assertThat(dir.resolve("to/b (2)")).hasContent("content");
    assertThat(renamed.target().path()).endsWith("b (2)");
    assertThat(target).hasContent("old");

    Files.move(dir.resolve("to/b (2)"), source);
    move.move(source, target, TransferOptions.defaults());
    assertThat(target).hasContent("content");
    Files.writeString(source, "new");
    move.move(source, target, policy(TargetPolicy.REPLACE));
    assertThat(target).hasContent("new");
    Files.writeString(source, "x");
    assertThatThrownBy(() -> move.move(source, target, policy(TargetPolicy.APPEND)))
        .isInstanceOf(TransferException.Configuration.class);
    assertThat(source).hasContent("x");
  }

  @Test
  void aFileWithOtherNamesIsCopied() throws IOException {
    Path other = Files.createLink(dir.resolve("other"), source);
    assertThat(move.rename(source, target, TransferOptions.defaults())).isEmpty();
    assertThat(move.move(source, target, TransferOptions.defaults()).renamed()).isFalse();
    Files.writeString(other, "written through another name");
    assertThat(target).hasContent("content");
    assertThat(source).doesNotExist();
  }

  @Test
  void whatShallNotKeepItsModeIsCopied() {
    TransferOptions options = TransferOptions.builder().preserveMode(false).build();
    assertThat(move.rename(source, target, options)).isEmpty();
    assertThat(source).hasContent("content");
  }

  @Test
  void whatIsNoFileOfItsOwnIsRefused() throws IOException {
    Path link = Files.createSymbolicLink(dir.resolve("link"), source);
    assertThatThrownBy(() -> move.move(link, target, TransferOptions.defaults()))
        .isInstanceOf(TransferException.Refused.class)
        .hasMessageContaining("is a symbolic link");
    assertThatThrownBy(() -> move.move(dir.resolve("from"), target, TransferOptions.defaults()))
        .isInstanceOf(TransferException.Refused.class)
        .hasMessageContaining("is a directory");
    assertThatThrownBy(() -> move.move(source, dir.resolve("to"), TransferOptions.defaults()))
        .isInstanceOf(TransferException.Refused.class)
        .hasMessageContaining("is a directory");
    assertThatThrownBy(() -> move.move(dir.resolve("from/no"), target, TransferOptions.defaults()))
        .isInstanceOf(TransferException.NotFound.class);
    assertThatThrownBy(() -> move.move(source, dir.resolve("no/b"), TransferOptions.defaults()))
        .isInstanceOf(TransferException.NotFound.class);
    Path same = Files.createLink(target, source);
    assertThatThrownBy(() -> move.move(source, same, TransferOptions.defaults()))
        .isInstanceOf(TransferException.Configuration.class)
        .hasMessageContaining("the same file");
    assertThat(link).isSymbolicLink();
    assertThat(source).hasContent("content");
  }

  @Test
  void acrossFileSystemsItIsACopyAndTheSourceGoes() throws IOException {
    Path elsewhere = otherFileSystem();
    try {
      Path there = elsewhere.resolve("b");
      assertThat(move.rename(source, there, TransferOptions.defaults())).isEmpty();
      assertThat(source).exists();
      TransferReceipt receipt = move.move(source, there, TransferOptions.defaults());
      assertThat(receipt.renamed()).isFalse();
      assertThat(receipt.digest()).isPresent();
      assertThat(there).hasContent("content");
      assertThat(Files.getLastModifiedTime(there).toInstant()).isEqualTo(OLD);
      assertThat(source).doesNotExist();
      try (Stream<Path> left = Files.list(elsewhere)) {
        assertThat(left).containsExactly(there);
      }
    } finally {
      try (Stream<Path> all = Files.walk(elsewhere)) {
        for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }

  private Path otherFileSystem() throws IOException {
    FileStore here = Files.getFileStore(dir);
    for (Path each : List.of(Path.of("/dev/shm"), Path.of("/tmp"), Path.of("/var/tmp"))) {
      if (Files.isWritable(each) && !Files.getFileStore(each).equals(here)) {
        return Files.createTempDirectory(each, "waybill-move");
      }
    }
    return abort("/dev/shm, /tmp and /var/tmp are all on the file system of " + dir);
  }
}
