package io.waybill.transfer.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.transfer.TransferException;
import io.waybill.transfer.file.LocalCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class LocalSyncTest {
  private static final Instant THEN = Instant.parse("2025-01-02T03:04:05.678901Z");
  @TempDir Path dir;
  private Path from;
  private Path to;

  @BeforeEach
  void makeSource() throws IOException {
    from = Files.createDirectory(dir.resolve("from"));
    to = dir.resolve("deep/to");
    file(from.resolve("a.txt"), "alpha", "rw-r-----");
    file(from.resolve("bin/run"), "#!/bin/sh", "rwxr-x--x");
    file(from.resolve("bin/12:30.log"), "odd name", "rw-r--r--");
    Files.createDirectories(from.resolve("empty/below"));
    Files.createSymbolicLink(from.resolve("link"), Path.of("a.txt"));
  }

  private static void file(Path path, String content, String mode) throws IOException {
    Files.createDirectories(path.getParent());
    Files.writeString(path, content);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    Files.setLastModifiedTime(path, FileTime.from(THEN));
  }

  private Sync sync(SyncOptions options) {
    return new Sync(
        LocalSide.ofThisMachine(from),
        LocalSide.ofThisMachine(to),
        options,
        InstantSource.system());
  }

  private static SyncReceipt run(Sync sync) {
    LocalCopy copy = new LocalCopy(InstantSource.system());
    return sync.run(
        (source, target, options) -> copy.copy(Path.of(source), Path.of(target), options));
  }

  @Test
  void treeComesOverWithTimesAndModesAndTheSecondRunDoesNothing() throws IOException {
    SyncReceipt first = run(sync(SyncOptions.defaults()));
    assertThat(first.isComplete()).as("%s", first.failures()).isTrue();
    assertThat(first.counts().copied()).isEqualTo(3);
    assertThat(to.resolve("bin/run")).hasContent("#!/bin/sh");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(to.resolve("bin/run"))))
        .isEqualTo("rwxr-x--x");
    assertThat(Files.getLastModifiedTime(to.resolve("a.txt")).toInstant()).isEqualTo(THEN);
    assertThat(to.resolve("empty/below")).isDirectory();
    assertThat(to.resolve("link")).doesNotExist();
    assertThat(sync(SyncOptions.defaults()).plan().isEmpty()).isTrue();
    assertThat(run(sync(SyncOptions.defaults())).counts().copied()).isZero();
    SyncOptions byDigest = SyncOptions.builder().compare(SyncOptions.Compare.DIGEST).build();
    assertThat(sync(byDigest).plan().isEmpty()).isTrue();
  }

  @Test
  void renamedDeletedAndChangedFilesFollow() throws IOException {
    run(sync(SyncOptions.defaults()));
    Object inode = Files.getAttribute(to.resolve("a.txt"), "unix:ino");
    Files.createDirectory(from.resolve("new"));
    Files.move(from.resolve("a.txt"), from.resolve("new/b.txt"));
    Files.delete(from.resolve("bin/12:30.log"));
    Files.delete(from.resolve("empty/below"));
    file(from.resolve("bin/run"), "#!/bin/SH", "rwxr-x--x"); // of the same size and time
    Files.createSymbolicLink(to.resolve("theirs"), from);
    SyncOptions options =
        SyncOptions.builder().delete(true).compare(SyncOptions.Compare.DIGEST).build();
    SyncReceipt receipt = run(sync(options));
    assertThat(receipt.isComplete()).as("%s", receipt.failures()).isTrue();
    assertThat(receipt.counts().renamed()).isEqualTo(1);
    assertThat(receipt.counts().deleted()).isEqualTo(1);
    assertThat(Files.getAttribute(to.resolve("new/b.txt"), "unix:ino")).isEqualTo(inode);
    assertThat(to.resolve("bin/run")).hasContent("#!/bin/SH");
    assertThat(to.resolve("bin/12:30.log")).doesNotExist();
    assertThat(to.resolve("empty")).isEmptyDirectory();
    assertThat(Files.isSymbolicLink(to.resolve("theirs"))).isTrue();
  }

  @Test
  void nothingIsReachedThroughALink() throws IOException {
    Path outside = Files.createDirectories(dir.resolve("outside"));
    Files.writeString(outside.resolve("x"), "theirs");
    Files.createDirectories(to);
    Files.createSymbolicLink(to.resolve("bin"), outside);
    LocalSide side = LocalSide.of(to);
    for (String each :
        List.of("bin/x", "../outside/x", "bin/../../../outside/x", "a//b", "/x", ".")) {
      assertThatThrownBy(() -> side.delete(each)).isInstanceOf(TransferException.class);
      assertThatThrownBy(() -> side.targetName(each)).isInstanceOf(TransferException.class);
      assertThatThrownBy(() -> side.rename("y", each)).isInstanceOf(TransferException.class);
    }
    SyncReceipt receipt = run(sync(SyncOptions.builder().delete(true).build()));
    assertThat(receipt.plan().conflicts()).filteredOn(each -> each.kind().blocks()).hasSize(1);
    assertThat(receipt.isComplete()).isFalse();
    assertThat(outside).isDirectoryNotContaining("glob:**run");
    assertThat(outside.resolve("x")).hasContent("theirs");
  }

  @Test
  void namesFromElsewhereMustBeGoodEverywhere() {
    assertThatThrownBy(() -> LocalSide.of(from).targetName("bin/c:x"))
        .isInstanceOf(TransferException.Refused.class)
        .hasMessageContaining("a drive's letter");
    assertThat(LocalSide.ofThisMachine(from).targetName("bin/c:x")).endsWith("c:x");
  }

  @Test
  void filledDirectoryIsNotRemovedAndAnExistingNameNotTaken() {
    LocalSide side = LocalSide.of(from);
    assertThatThrownBy(() -> side.removeDirectory("bin"))
        .isInstanceOf(TransferException.Refused.class)
        .hasMessageContaining("not empty");
    assertThatThrownBy(() -> side.rename("a.txt", "bin/run"))
        .isInstanceOf(TransferException.Refused.class);
    assertThatThrownBy(() -> side.delete("bin")).isInstanceOf(TransferException.LocalFile.class);
  }

  @Test
  void sourceThatDoesNotExistIsSaidSo() {
    from = dir.resolve("nowhere");
    assertThatThrownBy(() -> sync(SyncOptions.defaults()).plan())
        .isInstanceOf(TransferException.NotFound.class);
  }

  @Test
  void whatIsNotCopiedIsToldAndNoDifference() throws IOException {
    Files.createSymbolicLink(from.resolve("only-here"), Path.of("a.txt"));
    Files.writeString(from.resolve("mine.wbpart"), "x");
    Files.writeString(from.resolve(".a.0123456789abcdef.wbpart"), "x");
    SyncPlan plan = sync(SyncOptions.defaults()).plan();
    assertThat(plan.conflicts())
        .contains(
            new SyncConflict("mine.wbpart", SyncConflict.Kind.RESERVED_AT_SOURCE, "mine.wbpart"))
        .noneMatch(each -> each.path().startsWith(".a."));
    run(sync(SyncOptions.defaults()));
    Files.createSymbolicLink(to.resolve("only-there"), Path.of("a.txt"));
    CompareReport report =
        TreeCompare.compare(
            LocalSide.of(from),
            LocalSide.of(to),
            SyncOptions.Compare.SIZE_MTIME,
            io.waybill.transfer.file.PathFilter.all());
    assertThat(report.isEqual()).isTrue();
    assertThat(report.leftOut())
        .extracting(CompareReport.Difference::path)
        .contains("mine.wbpart", "only-here", "only-there")
        .noneMatch(each -> each.startsWith(".a."));
  }

  @Test
  void comparisonNamesWhatDiffers() throws IOException {
    run(sync(SyncOptions.defaults()));
    file(to.resolve("bin/run"), "#!/bin/SH", "rwxr-x--x");
    Files.delete(to.resolve("a.txt"));
    Files.writeString(to.resolve("extra"), "x");
    Files.createSymbolicLink(to.resolve("link"), Path.of("/nowhere"));
    LocalSide source = LocalSide.of(from);
    LocalSide target = LocalSide.of(to);
    CompareReport byDigest =
        TreeCompare.compare(
            source, target, SyncOptions.Compare.DIGEST, io.waybill.transfer.file.PathFilter.all());
    assertThat(byDigest.differing())
        .containsExactly(new CompareReport.Difference("bin/run", "digest differs"));
    assertThat(byDigest.missing()).containsExactly("a.txt");
    assertThat(byDigest.extra()).containsExactly("extra");
    assertThat(byDigest.leftOut())
        .containsExactly(new CompareReport.Difference("link", "a symbolic link, not followed"));
    assertThat(byDigest.isEqual()).isFalse();
    CompareReport bySize =
        TreeCompare.compare(
            source, target, SyncOptions.Compare.SIZE, io.waybill.transfer.file.PathFilter.all());
    assertThat(bySize.counts()).isEqualTo(new CompareReport.Counts(2, 17, 0, 1, 1, 1, 0));
  }
}
