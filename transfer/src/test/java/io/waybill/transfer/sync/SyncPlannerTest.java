package io.waybill.transfer.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.transfer.Digest;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TreeReceipt;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SyncPlannerTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.123456Z");
  private final ModelSide source = new ModelSide();
  private final ModelSide target = new ModelSide();

  private SyncPlan plan(SyncOptions options) {
    return new Sync(source, target, options, InstantSource.fixed(NOW)).plan();
  }

  private static SyncOptions.Builder deleting() {
    return SyncOptions.builder().delete(true);
  }

  @Test
  void planReadsLikeThis() {
    source
        .file("a/new.txt", "12345", NOW)
        .file("b", "xx", NOW)
        .directory("empty")
        .file("e", "", NOW);
    source.link("l");
    target.file("b", "x", NOW).file("old/deep/x", "1", NOW).file("old/y", "1", NOW);
    assertThat(plan(deleting().build()).lines())
        .containsExactly(
            "mkdir     a",
            "mkdir     empty",
            "copy      a/new.txt (5 bytes, missing)",
            "copy      b (2 bytes, size differs)",
            "copy      e (0 bytes, missing)",
            "delete    old/y",
            "delete    old/deep/x",
            "rmdir     old/deep",
            "rmdir     old",
            "conflict  l is a link or special file, which is not copied",
            "total     3 to copy (7 bytes), 2 to delete, 0 equal, 0 kept");
    assertThat(plan(SyncOptions.defaults()).lines())
        .hasSize(7)
        .last()
        .isEqualTo("total     3 to copy (7 bytes), 0 to delete, 0 equal, 2 kept");
  }

  @Test
  void nameWithALineBreakIsOneLine() {
    source.file("a\ndelete    b", "", NOW);
    assertThat(plan(SyncOptions.defaults()).lines().findFirst())
        .contains("copy      a?delete    b (0 bytes, missing)");
  }

  @ParameterizedTest
  @CsvSource({
    // apart in ms, resolution of the target in ms, tolerance or -1, whether it is copied
    "0, 0, -1, false",
    "1, 0, -1, true",
    "999, 1000, -1, false",
    "1000, 1000, -1, false",
    "1001, 1000, -1, true",
    "-1500, 1000, -1, true",
    "2000, 0, 2000, false",
    "2001, 1000, 2000, true",
    "1, 1000, 0, true",
  })
  void timesMayBeApartByTheTolerance(long apart, long resolution, long tolerance, boolean copied) {
    target.resolution = Duration.ofMillis(resolution);
    source.file("a", "x", NOW);
    target.file("a", "y", NOW.plusMillis(apart));
    SyncOptions.Builder options = SyncOptions.builder();
    if (tolerance >= 0) {
      options.tolerance(Duration.ofMillis(tolerance));
    }
    assertThat(plan(options.build()).isEmpty()).isNotEqualTo(copied);
  }

  @Test
  void whatATimeOrSizeIsNotKnownOfIsCopied() {
    FileEntry unknown = new FileEntry("a", FileEntry.Kind.FILE, 1, Optional.empty());
    FileEntry known = new FileEntry("a", FileEntry.Kind.FILE, 1, Optional.of(NOW));
    Listing one = Listing.of(List.of(ListedEntry.of(known)), List.of());
    Listing other = Listing.of(List.of(ListedEntry.of(unknown)), List.of());
    assertThat(SyncPlanner.plan(source, one, target, other, SyncOptions.defaults()).actions())
        .containsExactly(new SyncAction.Copy("a", 1, SyncAction.Why.UNKNOWN));
    SyncOptions bySize = SyncOptions.builder().compare(SyncOptions.Compare.SIZE).build();
    assertThat(SyncPlanner.plan(source, one, target, other, bySize).isEmpty()).isTrue();
  }

  @Test
  void digestsDecideWhateverTheTimesSay() {
    source.file("same", "x", NOW).file("other", "x", NOW);
    target.file("same", "x", NOW.plusSeconds(60)).file("other", "y", NOW);
    target.algorithms = Set.of(Digest.Algorithm.MD5);
    SyncOptions byDigest = SyncOptions.builder().compare(SyncOptions.Compare.DIGEST).build();
    assertThat(plan(byDigest).actions())
        .containsExactly(new SyncAction.Copy("other", 1, SyncAction.Why.DIGEST));
    assertThat(plan(byDigest.toBuilder().setTimes(true).build()).actions())
        .contains(new SyncAction.SetTime("same", NOW));
    target.algorithms = Set.of(Digest.Algorithm.CRC32C);
    assertThatThrownBy(() -> plan(byDigest)).isInstanceOf(TransferException.Configuration.class);
  }

  @Test
  void newerTargetIsKeptIfThatIsWanted() {
    source.file("a", "x", NOW);
    target.file("a", "longer", NOW.plusSeconds(1));
    assertThat(plan(SyncOptions.defaults()).totals().copies()).isEqualTo(1);
    SyncPlan plan = plan(SyncOptions.builder().keepNewer(true).build());
    assertThat(plan.isEmpty()).isTrue();
    assertThat(plan.totals().kept()).isEqualTo(1);
  }

  @Test
  void renameAtTheSourceIsARenameAtTheTarget() {
    source
        .file("new/name", "content", NOW)
        .file("twin", "content", NOW)
        .file("other", "tnetnoc", NOW);
    target.file("old", "content", NOW).file("gone", "content", NOW);
    SyncOptions options = deleting().compare(SyncOptions.Compare.DIGEST).build();
    assertThat(plan(options).actions())
        .containsExactly(
            new SyncAction.MakeDirectory("new"),
            new SyncAction.Rename("gone", "new/name", 7),
            new SyncAction.Rename("old", "twin", 7),
            new SyncAction.Copy("other", 7, SyncAction.Why.MISSING));
    SyncOptions byTime = deleting().build();
    assertThat(plan(byTime).totals().deletes()).isEqualTo(2);
    assertThat(plan(byTime.toBuilder().renames(true).build()).totals().deletes()).isZero();
    assertThat(plan(options.toBuilder().delete(false).build()).totals().copies()).isEqualTo(3);
  }

  @Test
  void nothingIsHashedForRenamesWhoseSizeNobodyElseHas() {
    source.file("new", "1", NOW).file("empty", "", NOW);
    target.file("old", "22", NOW).file("nothing", "", NOW);
    plan(deleting().renames(true).build());
    assertThat(source.digested).isEmpty();
    assertThat(target.digested).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    // extra files, equal files, explicit cap or -1, whether they are deleted
    "10, 1, -1, true",
    "11, 20, -1, false",
    "11, 98, -1, false",
    "11, 99, -1, true",
    "11, 20, 11, true",
    "11, 200, 10, false",
    "1, 20, 0, false",
  })
  void moreThanTheCapIsNotDeleted(int extra, int equal, long cap, boolean deleted) {
    for (int i = 0; i < extra; i++) {
      target.file("extra" + i, "x", NOW);
    }
    for (int i = 0; i < equal; i++) {
      target.file("equal" + i, "x", NOW);
      source.file("equal" + i, "x", NOW);
    }
    SyncOptions.Builder options = deleting();
    if (cap >= 0) {
      options.maxDelete(cap);
    }
    SyncPlan plan = plan(options.build());
    assertThat(plan.totals().deletes()).isEqualTo(deleted ? extra : 0);
    assertThat(plan.refusal().map(DeleteRefusal::reason))
        .isEqualTo(deleted ? Optional.empty() : Optional.of(DeleteRefusal.Reason.TOO_MANY));
    assertThat(plan.refusal().map(DeleteRefusal::files).orElse((long) extra)).isEqualTo(extra);
  }

  @Test
  void emptySourceIsSuspicious() {
    target.file("a", "x", NOW);
    source.directory("only/directories");
    for (SyncOptions each :
        List.of(
            deleting().build(),
            deleting().allowEmptySource(true).build(),
            deleting().maxDelete(5).build())) {
      assertThat(plan(each).refusal().map(DeleteRefusal::reason))
          .contains(DeleteRefusal.Reason.SOURCE_EMPTY);
      assertThat(plan(each).totals().deletes()).isZero();
      assertThat(plan(each).lines())
          .anyMatch(line -> line.contains("suspicious: the source is empty"));
    }
    assertThat(plan(deleting().allowEmptySource(true).maxDelete(0).build()).totals().deletes())
        .isZero();
    assertThat(plan(deleting().allowEmptySource(true).maxDelete(1).build()).totals().deletes())
        .isEqualTo(1);
  }

  @Test
  void nothingIsDeletedOrRenamedAfterAListingError() {
    source.file("new", "x", NOW).file("skipped/x", "x", NOW);
    target.file("old", "x", NOW);
    TreeReceipt.Failure failure =
        new TreeReceipt.Failure(
            "skipped/y", new TransferException.Refused(0, false, "unreadable", null));
    for (ModelSide side : List.of(source, target)) {
      side.failures.add(failure);
      SyncOptions options = deleting().compare(SyncOptions.Compare.DIGEST).build();
      SyncPlan plan = plan(options);
      assertThat(plan.actions())
          .containsOnlyOnce(new SyncAction.Copy("new", 1, SyncAction.Why.MISSING))
          .noneMatch(
              each -> each instanceof SyncAction.Delete || each instanceof SyncAction.Rename);
      assertThat(plan.refusal().map(DeleteRefusal::reason))
          .contains(DeleteRefusal.Reason.LISTING_INCOMPLETE);
      SyncOptions without = options.toBuilder().exclude(List.of("skipped")).build();
      assertThat(plan(without).refusal()).isEmpty();
      side.failures.clear();
    }
  }

  @Test
  void whatIsLeftOutIsNeitherCopiedNorDeleted() {
    String part = ".a.0123456789abcdef.wbpart";
    source
        .file("s.tmp", "x", NOW)
        .file("cache/s", "x", NOW)
        .file(part, "x", NOW)
        .file("k", "x", NOW);
    target.file("d/t.tmp", "x", NOW).file("cache/t", "x", NOW).file("e/" + part, "x", NOW);
    target.file("gone/x", "x", NOW).link("e2").file("k", "x", NOW);
    SyncOptions options = deleting().exclude(List.of("*.tmp", "cache")).build();
    assertThat(plan(options).actions())
        .containsExactly(
            new SyncAction.Delete("gone/x", 1), new SyncAction.RemoveDirectory("gone"));
    assertThat(plan(options).totals().kept()).isEqualTo(4);
  }

  @Test
  void includesMakeOnlyTheDirectoriesThatAFileNeeds() {
    source.file("a/x.csv", "x", NOW).file("b/y.txt", "x", NOW).directory("c");
    target.file("d/z.txt", "x", NOW).file("e/z.csv", "x", NOW);
    assertThat(plan(deleting().include(List.of("*.csv")).build()).actions())
        .containsExactly(
            new SyncAction.MakeDirectory("a"),
            new SyncAction.Copy("a/x.csv", 1, SyncAction.Why.MISSING),
            new SyncAction.Delete("e/z.csv", 1),
            new SyncAction.RemoveDirectory("e"));
  }

  @Test
  void sizeAndTimeDecideWhatCounts() {
    source
        .file("small", "1", NOW)
        .file("large", "12345", NOW)
        .file("old", "12", NOW.minusSeconds(99));
    target.file("x", "1", NOW).file("y", "123", NOW);
    assertThat(
            plan(deleting().leastBytes(2).mostBytes(4).newerThan(NOW.minusSeconds(1)).build())
                .actions())
        .containsExactly(new SyncAction.Delete("y", 3));
    assertThat(plan(SyncOptions.builder().olderThan(NOW).build()).actions())
        .containsExactly(new SyncAction.Copy("old", 2, SyncAction.Why.MISSING));
  }

  @Test
  void conflictsAreLeftToPeopleAndNothingIsDeletedMeanwhile() {
    source.file("a", "x", NOW).file("b/c", "x", NOW).file("l", "x", NOW).file("ok", "x", NOW);
    target.file("a/inside", "x", NOW).file("b", "x", NOW).link("l").file("gone", "x", NOW);
    SyncPlan plan = plan(deleting().build());
    assertThat(plan.conflicts())
        .extracting(SyncConflict::kind)
        .containsExactly(
            SyncConflict.Kind.DIRECTORY_AT_TARGET,
            SyncConflict.Kind.FILE_AT_TARGET,
            SyncConflict.Kind.LINK_AT_TARGET);
    assertThat(plan.actions())
        .containsExactly(new SyncAction.Copy("ok", 1, SyncAction.Why.MISSING));
    assertThat(plan.refusal().map(DeleteRefusal::reason)).contains(DeleteRefusal.Reason.CONFLICTS);
  }

  @Test
  void linkAtTheSourceProtectsWhatHasItsNameAtTheTarget() {
    source.link("l").file("k", "x", NOW);
    target.file("l/inside", "x", NOW).file("k", "x", NOW);
    assertThat(plan(deleting().build()).isEmpty()).isTrue();
  }

  @Test
  void namesThatAreOneOnSomeSystemsAreToldOfAndKept() {
    String composed = "caf\u00e9";
    String decomposed = "cafe\u0301";
    source.file("Readme", "x", NOW).file("readme", "x", NOW).file(composed, "x", NOW);
    target.file(decomposed, "x", NOW).file("README", "x", NOW).file("other", "x", NOW);
    SyncPlan plan = plan(deleting().build());
    assertThat(plan.conflicts())
        .contains(
            new SyncConflict("readme", SyncConflict.Kind.ALIKE_AT_SOURCE, "Readme"),
            new SyncConflict(decomposed, SyncConflict.Kind.ALIKE_AT_TARGET, composed));
    assertThat(plan.actions())
        .filteredOn(SyncAction.Delete.class::isInstance)
        .containsExactly(new SyncAction.Delete("other", 1));
    assertThat(plan.totals().copies()).isEqualTo(3);
  }

  @Test
  void pathThatComesTwiceIsAListingError() {
    ListedEntry entry =
        ListedEntry.of(new FileEntry("a", FileEntry.Kind.FILE, 1, Optional.of(NOW)));
    Listing listing = Listing.of(List.of(entry, entry, entry), List.of());
    assertThat(listing.entries()).isEmpty();
    assertThat(listing.failures()).hasSize(1);
  }

  @Test
  void orderIsThatOfAWalk() {
    assertThat(List.of("a", "a/b", "a/b/c", "a b", "a-b", "a.b", "ab"))
        .isSortedAccordingTo(PathOrder.WALK);
  }

  @Test
  void manyFilesAreNotComparedEachWithEach() {
    int files = 300_000; // quadratic would be 9e10 steps
    List<ListedEntry> entries = new java.util.ArrayList<>(files);
    for (int i = 0; i < files; i++) {
      entries.add(
          ListedEntry.of(new FileEntry("File" + i, FileEntry.Kind.FILE, 7, Optional.of(NOW))));
    }
    Listing all = Listing.of(entries, List.of());
    Listing none = Listing.of(List.of(), List.of());
    SyncPlan plan = SyncPlanner.plan(source, all, target, none, SyncOptions.defaults());
    assertThat(plan.totals().copies()).isEqualTo(files);
    SyncOptions options = deleting().allowEmptySource(true).maxDelete(files).build();
    assertThat(SyncPlanner.plan(source, none, target, all, options).totals().deletes())
        .isEqualTo(files);
    assertThat(SyncPlanner.plan(source, all, target, all, options).isEmpty()).isTrue();
  }
}
