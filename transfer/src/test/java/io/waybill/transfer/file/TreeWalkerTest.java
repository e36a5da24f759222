package io.waybill.transfer.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.SourceIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class TreeWalkerTest {
  private static final PartName RESUMABLE =
      PartName.of("f", SourceIdentity.of(1, Instant.EPOCH), "x");
  private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
  @TempDir Path dir;

  @Test
  void directoriesComeBeforeTheirContentAndFilesCarryTheirIdentity() throws IOException {
    Path file = write("a/b/f", "12345");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    Files.setLastModifiedTime(file, FileTime.from(NOW));
    Files.createDirectories(dir.resolve("empty"));
    List<TreeEntry> all = walk(PathFilter.all());
    List<String> paths = all.stream().map(TreeEntry::path).toList();
    assertThat(paths).containsExactlyInAnyOrder("a", "a/b", "a/b/f", "empty");
    assertThat(paths.indexOf("a")).isLessThan(paths.indexOf("a/b"));
    assertThat(paths.indexOf("a/b")).isLessThan(paths.indexOf("a/b/f"));
    TreeEntry.RegularFile found = (TreeEntry.RegularFile) all.get(paths.indexOf("a/b/f"));
    try (SourceFile source = SourceFile.open(file)) {
      assertThat(found.identity()).isEqualTo(source.identity());
    }
    assertThat(found.mode()).hasValue(0640);
  }

  @Test
  void fileIsOpenedThroughItsParentsHandle() throws IOException {
    write("a/b/f", "12345");
    try (TreeWalker walker = TreeWalker.open(dir, PathFilter.all())) {
      for (TreeEntry each = walker.next(); each != null; each = walker.next()) {
        if (each instanceof TreeEntry.RegularFile file) {
          try (SourceFile source = SourceFile.open(walker.parent(), "f")) {
            assertThat(source.identity()).isEqualTo(file.identity());
          }
        }
      }
      assertThatThrownBy(walker::parent).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void linksAreSkippedAndToldAndOurPartFilesAreLeftOut() throws IOException {
    write("a/f", "1");
    Files.createSymbolicLink(dir.resolve("up"), dir);
    Files.createSymbolicLink(dir.resolve("a/dangling"), Path.of("nowhere"));
    write(RESUMABLE.part(), "x");
    write(RESUMABLE.journal(), "x");
    write(PartName.loose("f", NOW, 1).part(), "x");
    Files.createDirectory(dir.resolve(PartName.loose("d", NOW, 1).part()));
    assertThat(walk(PathFilter.all()))
        .filteredOn(TreeEntry.Skipped.class::isInstance)
        .containsExactlyInAnyOrder(
            new TreeEntry.Skipped("up", TreeEntry.Reason.LINK),
            new TreeEntry.Skipped("a/dangling", TreeEntry.Reason.LINK));
    assertThat(paths(PathFilter.all())).containsExactly("a", "a/dangling", "a/f", "up");
  }

  @Test
  void whatOnlyEndsLikeAPartFileIsTold() throws IOException {
    for (String name : List.of("data.wbpart", "D.WBJOURNAL", "d.wbpart/in", "no.wbpart")) {
      write(name, "1");
    }
    Files.createDirectory(dir.resolve(RESUMABLE.part()));
    Files.createSymbolicLink(dir.resolve("link.wbpart"), dir);
    assertThat(walk(PathFilter.of(List.of(), List.of("no.*"))))
        .filteredOn(TreeEntry.Refused.class::isInstance)
        .extracting(entry -> ((TreeEntry.Refused) entry).cause().getMessage())
        .containsExactlyInAnyOrder(
            refusal("data.wbpart", ".wbpart"),
            refusal("D.WBJOURNAL", ".WBJOURNAL"),
            refusal("d.wbpart", ".wbpart"),
            refusal(RESUMABLE.part(), ".wbpart"));
    assertThat(walk(PathFilter.all()))
        .contains(new TreeEntry.Skipped("link.wbpart", TreeEntry.Reason.LINK))
        .extracting(TreeEntry::path)
        .doesNotContain("d.wbpart/in");
  }

  private static String refusal(String path, String ending) {
    return "Refused path '%s': its name ends in %s, which is reserved for unfinished files; rename it"
        .formatted(path, ending);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void nameThatIsNoTextIsTold() throws Exception {
    String script = "cd \"$1\" && : >\"$(printf 'bad\\377')\" && mkdir \"$(printf 'dir\\376')\"";
    new ProcessBuilder("sh", "-c", script, "sh", dir.toString()).start().waitFor();
    write("good", "1");
    assertThat(walk(PathFilter.of(List.of("*.csv"), List.of())))
        .extracting(entry -> ((TreeEntry.Refused) entry).cause().getMessage())
        .containsExactlyInAnyOrder(
            "Refused path 'bad\ufffd': its name is not valid UTF-8; rename it",
            "Refused path 'dir\ufffd': its name is not valid UTF-8; rename it");
    assertThat(walk(PathFilter.of(List.of(), List.of("bad*", "dir*"))))
        .extracting(TreeEntry::path)
        .containsExactly("good");
    assertThat(Usage.count(DirectoryHandle.open(dir), 10).usedBytes()).isEqualTo(1);
  }

  @Test
  void directoryThatIsGoneWhenItIsEnteredIsToldAndTheWalkGoesOn() throws IOException {
    for (int i = 0; i < 5; i++) {
      write("d" + i + "/f", "1");
    }
    List<TreeEntry> all = new ArrayList<>();
    try (TreeWalker walker = TreeWalker.open(dir, PathFilter.all())) {
      all.add(walker.next());
      String first = all.get(0).path();
      for (int i = 0; i < 5; i++) {
        if (!first.equals("d" + i)) {
          Files.delete(dir.resolve("d" + i + "/f"));
          Files.delete(dir.resolve("d" + i));
        }
      }
      for (TreeEntry each = walker.next(); each != null; each = walker.next()) {
        all.add(each);
      }
      assertThat(all).extracting(TreeEntry::path).contains(first, first + "/f");
    }
  }

  @Test
  void tooDeepIsToldAndNotEntered() throws IOException {
    String deep = "d/".repeat(TreeWalker.MAX_DEPTH + 3);
    write(deep + "f", "1");
    write("e", "1");
    List<TreeEntry> all = walk(PathFilter.all());
    assertThat(all).filteredOn(TreeEntry.Unreadable.class::isInstance).hasSize(1);
    assertThat(all).filteredOn(TreeEntry.Directory.class::isInstance).hasSize(TreeWalker.MAX_DEPTH);
    assertThat(all).extracting(TreeEntry::path).contains("e");
  }

  @Test
  void longNamesAndNamesThatDifferInCaseOrNormalFormAreFilesOfTheirOwn() throws IOException {
    String longest = "大".repeat(85);
    assertThat(longest.getBytes(StandardCharsets.UTF_8)).hasSize(255);
    for (String name : List.of(longest, "Name", "name", "\u00e9", "e\u0301")) {
      write(name, name);
    }
    assertThat(paths(PathFilter.all()))
        .containsExactlyInAnyOrder(longest, "Name", "name", "\u00e9", "e\u0301");
  }

  @Test
  void filterKeepsOutWhatItExcludesAndDoesNotEnterIt() throws IOException {
    for (String each :
        List.of("a.tmp", "a.csv", "logs/x.csv", "logs/deep/y.csv", "in/b.csv", "in/.c.tmp")) {
      write(each, "1");
    }
    assertThat(paths(PathFilter.of(List.of(), List.of("*.tmp", "logs/**"))))
        .containsExactly("a.csv", "in", "in/b.csv");
    assertThat(paths(PathFilter.of(List.of("in/*.csv"), List.of("/logs"))))
        .containsExactly("in", "in/b.csv");
    assertThat(paths(PathFilter.of(List.of("**/y.cs?", "[!b].csv"), List.of())))
        .containsExactly("a.csv", "in", "logs", "logs/deep", "logs/deep/y.csv", "logs/x.csv");
    assertThatThrownBy(() -> PathFilter.of(List.of(""), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(PathFilter.of(List.of("a+(b)[[]\\"), List.of()).takesFile("a+(b)[\\")).isTrue();
  }

  @Test
  void orphansAreDeletedOnceTheyAreOldAndNobodyHoldsThem() throws IOException {
    SourceIdentity source = SourceIdentity.of(3, NOW);
    Instant old = NOW.minus(Duration.ofDays(8));
    for (String name : List.of("a/old", "a/held", "a/young")) {
      Path target = dir.resolve(name);
      Files.createDirectories(target.getParent());
      PartFile.open(target, source, "x").close();
    }
    Path foreign = write("a/.report.0123456789abcde.wbpart", "one digit short");
    Path alone = write("a/b/.r.0123456789abcdef.wbpart", "without a journal");
    Path link = Files.createSymbolicLink(dir.resolve("a/.l.0123456789abcdef.wbpart"), foreign);
    for (Path each : files(dir.resolve("a"))) {
      if (!each.getFileName().toString().startsWith(".young") && !each.equals(link)) {
        Files.setLastModifiedTime(each, FileTime.from(old));
      }
    }
    try (PartFile held = PartFile.open(dir.resolve("a/held"), source, "x")) {
      for (Path each : files(dir.resolve("a"))) {
        if (each.getFileName().toString().startsWith(".held")) {
          Files.setLastModifiedTime(each, FileTime.from(old));
        }
      }
      OrphanParts.Swept swept = sweep();
      assertThat(swept.unreadable()).isEmpty();
      PartName name = PartName.of("old", source, "x");
      assertThat(swept.deleted())
          .containsExactlyInAnyOrder(
              "a/" + name.part(), "a/" + name.journal(), "a/b/" + alone.getFileName());
      assertThat(held.path()).exists();
    }
    assertThat(foreign).exists();
    assertThat(link).isSymbolicLink();
    assertThat(alone).doesNotExist();
    assertThat(dir.resolve("a/b")).isEmptyDirectory();
    assertThat(files(dir.resolve("a"))).hasSize(6);
  }

  @Test
  void whatAGroupIsWritingIsNoOrphanHoweverOldItSaysThatItIs() throws IOException {
    PartName name = PartName.loose("f", NOW.minus(Duration.ofMinutes(16)), 7);
    Path part = write(name.part(), "of a source from long ago");
    Files.setLastModifiedTime(part, FileTime.from(NOW.minus(Duration.ofDays(999))));
    String held = PartJournal.hold(DirectoryHandle.open(dir), name);
    try {
      assertThat(sweep().deleted()).isEmpty();
    } finally {
      PartJournal.letGo(held);
    }
    assertThat(sweep().deleted()).containsExactly(name.part());
  }

  @Test
  void whatAKilledGroupLeftGoesSoonAndWhatAnotherProcessMayBeWritingStays() throws IOException {
    Instant before = NOW.minus(Duration.ofMinutes(16));
    Path left = write(PartName.loose("left", before, 1).part(), "x");
    Path begun = write(PartName.loose("begun", NOW.minus(Duration.ofMinutes(14)), 1).part(), "x");
    Files.setLastModifiedTime(begun, FileTime.from(Instant.EPOCH)); // its source's
    Path empty = Files.createDirectory(dir.resolve(PartName.loose("d", before, 1).part()));
    Path full = Files.createDirectory(dir.resolve(PartName.loose("e", before, 1).part()));
    Path somebodys = write(full.getFileName() + "/somebodys", "x");
    Path link =
        Files.createSymbolicLink(dir.resolve(PartName.loose("l", before, 1).part()), somebodys);
    assertThat(sweep().deleted())
        .containsExactlyInAnyOrder(left.getFileName().toString(), empty.getFileName().toString());
    assertThat(files(dir)).contains(begun, somebodys);
    assertThat(link).isSymbolicLink();
    OrphanParts.sweepOne(DirectoryHandle.open(dir), Duration.ofDays(7), InstantSource.fixed(NOW));
    assertThat(link).as("found by its name, too").isSymbolicLink();
  }

  @Test
  void usageCountsOnceAndKeepsCount() throws IOException {
    write("a/f", "12345");
    write("g", "123");
    Files.createSymbolicLink(dir.resolve("l"), dir.resolve("g"));
    Usage usage = Usage.count(DirectoryHandle.open(dir), 20);
    assertThat(usage.usedBytes()).isEqualTo(8);
    assertThat(usage.reserve(13)).isFalse();
    assertThat(usage.reserve(12)).isTrue();
    assertThat(usage.reserve(1)).isFalse();
    usage.published(12, 9);
    assertThat(usage.usedBytes()).isEqualTo(17);
    assertThat(usage.freeBytes()).isEqualTo(3);
    usage.deleted(7);
    assertThat(usage.freeBytes()).isEqualTo(10);
    assertThat(usage.reserve(Long.MAX_VALUE)).isFalse();
    assertThatThrownBy(() -> usage.release(1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> usage.reserve(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void concurrentReservationsNeverPassTheLimit() throws Exception {
    Usage usage = new Usage(1000, 0);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Integer>> granted = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        granted.add(
            threads.submit(
                () -> {
                  int got = 0;
                  for (int n = 0; n < 1000; n++) {
                    if (usage.reserve(1)) {
                      got++;
                    }
                  }
                  return got;
                }));
      }
      int sum = 0;
      for (Future<Integer> each : granted) {
        sum += each.get();
      }
      assertThat(sum).isEqualTo(1000);
      assertThat(usage.freeBytes()).isZero();
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void entryOfAListingRefusesMoreThanPermissionBits() {
    assertThatThrownBy(
            () ->
                new FileEntry("f", FileEntry.Kind.FILE, 1, Optional.empty(), OptionalInt.of(04755)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(new FileEntry("f", FileEntry.Kind.FILE, 1, Optional.empty()).mode()).isEmpty();
  }

  private OrphanParts.Swept sweep() throws IOException {
    return OrphanParts.sweep(
        DirectoryHandle.open(dir), Duration.ofDays(7), InstantSource.fixed(NOW));
  }

  private List<TreeEntry> walk(PathFilter filter) throws IOException {
    List<TreeEntry> all = new ArrayList<>();
    try (TreeWalker walker = TreeWalker.open(dir, filter)) {
      for (TreeEntry each = walker.next(); each != null; each = walker.next()) {
        all.add(each);
      }
    }
    return all;
  }

  private List<String> paths(PathFilter filter) throws IOException {
    return walk(filter).stream().map(TreeEntry::path).sorted(Comparator.naturalOrder()).toList();
  }

  private Path write(String path, String content) throws IOException {
    Path file = dir.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  private static List<Path> files(Path directory) throws IOException {
    try (var all = Files.walk(directory)) {
      return all.filter(each -> !Files.isDirectory(each)).toList();
    }
  }
}
