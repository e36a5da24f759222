package io.waybill.transfer.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.Verification;
import io.waybill.transfer.file.GroupOutcome.Failed;
import io.waybill.transfer.file.GroupOutcome.Published;
import io.waybill.transfer.file.GroupOutcome.SkippedEqual;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupWriterTest {
  private static final Instant MODIFIED = Instant.parse("2024-02-29T23:59:59.123456789Z");
  @TempDir Path dir;
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  private final LooseNames names = LooseNames.of(() -> NOW, new AtomicLong()::incrementAndGet);
  private Path root = Path.of("");

  @BeforeEach
  void makeRoot() throws IOException {
    root = Files.createDirectory(dir.resolve("root"));
  }

  @Test
  void publishesEachFileWithTimeAndModeAndMakesParents() throws IOException {
    List<SmallFile> files = new ArrayList<>();
    for (int i = 0; i < GroupWriter.MAX_FILES; i++) {
      files.add(
          new SmallFile(
              "d" + i % 100 + "/deep/f" + i,
              bytes("content " + i),
              Optional.of(MODIFIED),
              OptionalInt.of(07640),
              TargetPolicy.SKIP_EQUAL));
    }
    List<GroupOutcome> outcomes = write(files);
    for (int i = 0; i < files.size(); i++) {
      assertThat(outcomes.get(i)).isEqualTo(new Published(files.get(i).path()));
      Path file = root.resolve(files.get(i).path());
      assertThat(file).hasContent("content " + i);
      // newer JDKs keep the nanoseconds, too
      assertThat(Files.getLastModifiedTime(file).toInstant().truncatedTo(ChronoUnit.MICROS))
          .isEqualTo(Instant.parse("2024-02-29T23:59:59.123456Z"));
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-r-----");
    }
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void modeIsMasked() throws IOException {
    try (GroupWriter writer = writer(0755)) {
      SmallFile open =
          new SmallFile(
              "f", bytes("x"), Optional.empty(), OptionalInt.of(0777), TargetPolicy.REPLACE);
      writer.write(List.of(open), Verification.SIZE);
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("f"))))
        .isEqualTo("rwxr-xr-x");
  }

  @Test
  void oneFailureStopsNoOther() throws IOException {
    Files.writeString(root.resolve("file"), "is no directory");
    Files.createDirectory(root.resolve("directory"));
    Files.createSymbolicLink(root.resolve("link"), dir);
    List<SmallFile> files =
        Stream.of(
                "a", "../out", "file/below", "directory", "link/out", "x/.t.wbpart", "b", "/etc/f")
            .map(path -> file(path, "new", TargetPolicy.REPLACE))
            .toList();
    List<GroupOutcome> outcomes = write(files);
    assertThat(outcomes.get(0)).isEqualTo(new Published("a"));
    assertThat(outcomes.get(6)).isEqualTo(new Published("b"));
    for (int i : new int[] {1, 2, 3, 4, 5, 7}) {
      assertThat(outcomes.get(i)).as(files.get(i).path()).isInstanceOf(Failed.class);
    }
    assertThat(((Failed) outcomes.get(1)).cause()).isInstanceOf(UnsafePathException.class);
    assertThat(leftovers()).isEmpty();
    try (Stream<Path> outside = Files.list(dir)) {
      assertThat(outside).containsExactly(root);
    }
    assertThat(root.resolve("file")).hasContent("is no directory");
  }

  @Test
  void equalSizeAndTimeIsSkippedUnreadBelowDigestAndComparedFromDigestOn() throws IOException {
    Files.writeString(root.resolve("f"), "old");
    Files.setLastModifiedTime(root.resolve("f"), FileTime.from(MODIFIED));
    SmallFile changed = file("f", "new", TargetPolicy.SKIP_EQUAL);
    try (GroupWriter writer = writer(0777)) {
      assertThat(writer.write(List.of(changed), Verification.SIZE_MTIME))
          .containsExactly(new SkippedEqual("f"));
      assertThat(root.resolve("f")).hasContent("old");
      assertThat(writer.write(List.of(changed), Verification.DIGEST))
          .containsExactly(new Published("f"));
      assertThat(root.resolve("f")).hasContent("new");
      assertThat(writer.write(List.of(changed), Verification.DIGEST))
          .containsExactly(new SkippedEqual("f"));
      SmallFile longer = file("f", "longer", TargetPolicy.SKIP_EQUAL);
      assertThat(writer.write(List.of(longer), Verification.SIZE_MTIME))
          .containsExactly(new Published("f"));
    }
    assertThat(root.resolve("f")).hasContent("longer");
  }

  @Test
  void failAndRenameNeverReplaceNotEvenWithinTheGroup() throws IOException {
    Files.writeString(root.resolve("report.csv"), "old");
    List<GroupOutcome> outcomes =
        write(
            List.of(
                file("report.csv", "1", TargetPolicy.FAIL),
                file("report.csv", "2", TargetPolicy.RENAME),
                file("report.csv", "3", TargetPolicy.RENAME),
                file("once", "4", TargetPolicy.FAIL),
                file("once", "5", TargetPolicy.FAIL),
                file("s/.hidden", "6", TargetPolicy.RENAME),
                file("s/.hidden", "7", TargetPolicy.RENAME)));
    assertThat(((Failed) outcomes.get(0)).cause()).isInstanceOf(FileAlreadyExistsException.class);
    assertThat(((Failed) outcomes.get(4)).cause()).isInstanceOf(FileAlreadyExistsException.class);
    assertThat(outcomes)
        .contains(
            new Published("report (2).csv"),
            new Published("report (3).csv"),
            new Published("s/.hidden"),
            new Published("s/.hidden (2)"));
    assertThat(root.resolve("report.csv")).hasContent("old");
    assertThat(root.resolve("report (2).csv")).hasContent("2");
    assertThat(root.resolve("report (3).csv")).hasContent("3");
    assertThat(root.resolve("once")).hasContent("4");
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void appendIsRefusedForAGroup() throws IOException {
    assertThat(write(List.of(file("f", "x", TargetPolicy.APPEND))).get(0))
        .isInstanceOf(Failed.class);
    assertThat(root.resolve("f")).doesNotExist();
  }

  @Test
  void groupAboveItsLimitIsRefused() throws IOException {
    try (GroupWriter writer = writer(0777)) {
      List<SmallFile> many = Collections.nCopies(257, file("f", "x", TargetPolicy.REPLACE));
      assertThatThrownBy(() -> writer.write(many, Verification.SIZE))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void directoryDeletedOrSwappedBetweenGroupsIsWalkedToAnew() throws IOException {
    Path outside = Files.createDirectory(dir.resolve("outside"));
    try (GroupWriter writer = writer(0777)) {
      writer.write(List.of(file("a/b/f", "1", TargetPolicy.REPLACE)), Verification.SIZE);
      Files.delete(root.resolve("a/b/f"));
      Files.delete(root.resolve("a/b"));
      assertThat(writer.write(List.of(file("a/b/f", "2", TargetPolicy.REPLACE)), Verification.SIZE))
          .containsExactly(new Published("a/b/f"));
      assertThat(root.resolve("a/b/f")).hasContent("2");

      Files.move(root.resolve("a"), dir.resolve("moved"));
      Files.createSymbolicLink(root.resolve("a"), outside);
      assertThat(
              writer
                  .write(List.of(file("a/g", "3", TargetPolicy.REPLACE)), Verification.SIZE)
                  .get(0))
          .isInstanceOf(Failed.class);
      assertThat(outside).isEmptyDirectory();
      assertThat(dir.resolve("moved/g")).doesNotExist();

      Files.delete(root.resolve("a"));
      assertThat(writer.write(List.of(file("a/g", "4", TargetPolicy.REPLACE)), Verification.SIZE))
          .containsExactly(new Published("a/g"));
      assertThat(dir.resolve("moved/g")).doesNotExist();
    }
  }

  @Test
  void openDirectoriesAreBoundedAndWalkedOnce() throws IOException {
    try (DirectoryHandle handle = DirectoryHandle.open(root);
        DirectoryCache cache = new DirectoryCache(handle, 3, names)) {
      DirectoryHandle first = cache.openMaking(List.of("a", "b"));
      assertThat(cache.openMaking(List.of("a", "b"))).isSameAs(first);
      for (int i = 0; i < 10; i++) {
        cache.openMaking(List.of("d" + i));
      }
      assertThat(cache.openMaking(List.of("a", "b"))).as("in use").isSameAs(first);
      assertThat(cache.size()).isEqualTo(12);
      cache.release();
      assertThat(cache.size()).isEqualTo(3);
      assertThat(cache.openMaking(List.of("d9"))).isNotNull();
      assertThat(cache.openMaking(List.of("d1")).path()).isEqualTo(root.resolve("d1"));
    }
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void takenPartNamesAreLeftAlone() throws IOException {
    Path other = root.resolve(PartName.loose("f", NOW, 1).part());
    Files.writeString(other, "somebody's");
    write(List.of(file("f", "x", TargetPolicy.REPLACE)));
    assertThat(other).hasContent("somebody's");
    assertThat(root.resolve("f")).hasContent("x");
  }

  @Test
  void callersBuffersStayAsTheyAreAndWindowsAreHonoured() throws IOException {
    byte[] content = new byte[300_000];
    new Random(5).nextBytes(content);
    ByteBuffer window = ByteBuffer.wrap(content, 1000, 200_000);
    SmallFile file =
        new SmallFile(
            "f", window, Optional.of(MODIFIED), OptionalInt.empty(), TargetPolicy.SKIP_EQUAL);
    try (GroupWriter writer = writer(0777)) {
      assertThat(writer.write(List.of(file), Verification.READ_BACK))
          .containsExactly(new Published("f"));
      assertThat(writer.write(List.of(file), Verification.READ_BACK))
          .containsExactly(new SkippedEqual("f"));
    }
    assertThat(window.position()).isEqualTo(1000);
    assertThat(root.resolve("f")).hasBinaryContent(Arrays.copyOfRange(content, 1000, 201_000));
  }

  @Test
  void numberedNamesStayWithin255Bytes() {
    assertThat(FreeName.numbered("report.csv", 2)).isEqualTo("report (2).csv");
    assertThat(FreeName.numbered(".profile", 3)).isEqualTo(".profile (3)");
    String longest = "大".repeat(83) + ".txt";
    String numbered = FreeName.numbered(longest, 12);
    assertThat(numbered).endsWith("大 (12).txt");
    assertThat(numbered.getBytes(StandardCharsets.UTF_8).length).isBetween(250, 255);
  }

  private GroupWriter writer(int mask) throws IOException {
    return new GroupWriter(DirectoryHandle.open(root), mask, names);
  }

  private List<GroupOutcome> write(List<SmallFile> files) throws IOException {
    try (GroupWriter writer = writer(0777)) {
      return writer.write(files, Verification.SIZE);
    }
  }

  private static SmallFile file(String path, String content, TargetPolicy policy) {
    return new SmallFile(path, bytes(content), Optional.of(MODIFIED), OptionalInt.empty(), policy);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private List<Path> leftovers() throws IOException {
    try (Stream<Path> all = Files.walk(dir)) {
      return all.filter(file -> PartName.isReserved(file.getFileName().toString())).toList();
    }
  }
}
