package io.waybill.scheduler.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TableDigestTest {
  private static final StoredTable TABLE =
      new StoredTable(
          "T",
          List.of(
              new StoredTable.Column("A", ColumnKind.TEXT, false),
              new StoredTable.Column("B", ColumnKind.BYTES, false),
              new StoredTable.Column("C", ColumnKind.TIME, false),
              new StoredTable.Column("D", ColumnKind.DECIMAL, false)));
  private static final Instant TIME = Instant.parse("2026-03-01T02:30:00.123456Z");

  private static TableCount of(@Nullable Object[]... rows) {
    TableDigest digest = new TableDigest();
    for (@Nullable Object[] row : rows) {
      digest.add(TABLE, row);
    }
    return digest.count(TABLE);
  }

  private static @Nullable Object[] row(@Nullable String text, byte[] bytes) {
    return new @Nullable Object[] {text, bytes, TIME, new BigDecimal("1.5")};
  }

  private static final byte[] NO_BYTES = {};

  @Test
  void theOrderOfRowsDoesNotMatter() {
    assertThat(of(row("a", NO_BYTES), row("b", NO_BYTES)))
        .isEqualTo(of(row("b", NO_BYTES), row("a", NO_BYTES)));
  }

  @Test
  void twoEqualRowsAreNotNone() {
    assertThat(of(row("a", NO_BYTES), row("a", NO_BYTES)).digest())
        .isNotEqualTo(of(row("b", NO_BYTES), row("b", NO_BYTES)).digest());
  }

  @Test
  void aMicrosecondANullAndAByteThatMovedToTheNextColumnAreDifferences() {
    TableCount usual = of(row("ab", new byte[] {'c'}));
    assertThat(of(row("a", new byte[] {'b', 'c'})).digest()).isNotEqualTo(usual.digest());
    assertThat(of(row("", NO_BYTES)).digest()).isNotEqualTo(of(row(null, NO_BYTES)).digest());
    @Nullable Object[] later = row("ab", new byte[] {'c'});
    later[2] = TIME.plusNanos(1000);
    assertThat(of(later).digest()).isNotEqualTo(usual.digest());
  }

  @Test
  void emptyTablesAreEqualByName() {
    assertThat(of()).isEqualTo(new TableCount("t", 0, "0".repeat(64)));
  }
}
