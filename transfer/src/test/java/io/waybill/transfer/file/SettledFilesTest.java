package io.waybill.transfer.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.file.SettledFiles.Look;
import io.waybill.transfer.file.SettledFiles.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SettledFilesTest {
  private static final Instant T = Instant.parse("2026-11-24T10:00:00Z");
  private static final Duration SETTLE = Duration.ofSeconds(30);
  private static final SourceIdentity ONE = SourceIdentity.of(1, T);

  @Test
  void fileThatStayedTheSameHasSettledAndOthersWait() {
    SourceIdentity keyed = new SourceIdentity(1, Optional.of(T), Optional.of("inode 1"));
    SourceIdentity moved = new SourceIdentity(1, Optional.of(T), Optional.of("inode 2"));
    Look first =
        new Look(T, Map.of("a", ONE, "grown", ONE, "touched", ONE, "other", keyed, "gone", ONE));
    Look second =
        new Look(
            T.plus(SETTLE),
            Map.of(
                "a", ONE,
                "grown", SourceIdentity.of(2, T),
                "touched", SourceIdentity.of(1, T.plusNanos(1)),
                "other", moved,
                "new", ONE));
    assertThat(new SettledFiles(SETTLE).decide(first, second))
        .isEqualTo(new Verdict.Usable(List.of("a"), List.of("grown", "new", "other", "touched")));
  }

  @Test
  void looksTooCloseTogetherSettleNothing() {
    Look first = new Look(T, Map.of("a", ONE));
    Look early = new Look(T.plus(SETTLE).minusNanos(1), Map.of("a", ONE));
    assertThat(new SettledFiles(SETTLE).decide(first, early))
        .isEqualTo(new Verdict.Usable(List.of(), List.of("a")));
  }

  @Test
  void doneFileSettlesAtOnceAndIsNoFileOfItsOwn() {
    SettledFiles settled = new SettledFiles(SETTLE, "{name}.done", SettledFiles.TEMPORARY);
    Look first = new Look(T, Map.of());
    Look second =
        new Look(
            T, Map.of("in/a.csv", ONE, "in/a.csv.done", ONE, "b.csv", ONE, "lonely.done", ONE));
    assertThat(settled.decide(first, second))
        .isEqualTo(new Verdict.Usable(List.of("in/a.csv"), List.of("b.csv", "lonely.done")));
  }

  @Test
  void doneFileWithoutItsFileNeverSettles() {
    SettledFiles settled = new SettledFiles(SETTLE, ".{name}.ok", List.of());
    Map<String, SourceIdentity> files = Map.of("in/.a.ok", ONE, "in/.ok", ONE);
    assertThat(settled.decide(new Look(T, files), new Look(T.plus(SETTLE), files)))
        .isEqualTo(new Verdict.Usable(List.of("in/.ok"), List.of("in/.a.ok")));
    assertThat(settled.counts("in/.a.ok")).isFalse();
    assertThat(settled.doneFileOf("in/a")).contains("in/.a.ok");
    assertThat(new SettledFiles(SETTLE).doneFileOf("a")).isEmpty();
  }

  @Test
  void temporaryNamesNeverCount() {
    Map<String, SourceIdentity> files =
        Map.of(
            "a.tmp",
            ONE,
            "d/b.part",
            ONE,
            "c.filepart",
            ONE,
            "d.crdownload",
            ONE,
            ".e.swp",
            ONE,
            "notes~",
            ONE,
            "d/.~lock",
            ONE,
            "~$report.docx",
            ONE,
            ".f.0123456789abcdef.wbpart",
            ONE,
            "g",
            ONE);
    assertThat(new SettledFiles(SETTLE).decide(new Look(T, files), new Look(T.plus(SETTLE), files)))
        .isEqualTo(new Verdict.Usable(List.of("g"), List.of()));
  }

  @Test
  void nothingWhereThereWasSomethingIsSuspicious() {
    SettledFiles settled = new SettledFiles(SETTLE);
    Look some = new Look(T, Map.of("a", ONE, "b", ONE));
    Look none = new Look(T.plus(SETTLE), Map.of());
    assertThat(settled.decide(some, none)).isEqualTo(new Verdict.SuspiciousListing(2));
    assertThat(settled.decide(none, none)).isEqualTo(new Verdict.Usable(List.of(), List.of()));
  }

  @Test
  void doneFileNeedsTheName() {
    for (String pattern : List.of("done", "{name}", "{name}.{name}")) {
      assertThatThrownBy(() -> new SettledFiles(SETTLE, pattern, List.of()))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
