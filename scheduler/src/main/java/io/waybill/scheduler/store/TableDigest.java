package io.waybill.scheduler.store;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What rows of a table hold, in whatever order they come: the sum of each row's SHA-256, taken as
 * four numbers of 64 bits that wrap around. A sum, and not an exclusive or, because in that two
 * equal rows would vanish.
 */
final class TableDigest {
  private static final byte ABSENT = 0;
  private static final byte PRESENT = 1;

  private final MessageDigest sha256 = sha256();
  private final long[] sum = new long[4];
  private long rows;

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Adds a row, whose values are those of the table's columns in order. */
  void add(StoredTable table, @Nullable Object[] values) {
    List<StoredTable.Column> columns = table.columns();
    for (int i = 0; i < values.length; i++) {
      Object value = values[i];
      if (value == null) {
        sha256.update(ABSENT);
      } else {
        byte[] bytes = columns.get(i).kind().canonical(value);
        sha256.update(PRESENT);
        // with its length, so that no two rows are the same bytes cut differently
        sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        sha256.update(bytes);
      }
    }
    ByteBuffer row = ByteBuffer.wrap(sha256.digest());
    for (int i = 0; i < sum.length; i++) {
      sum[i] += row.getLong();
    }
    rows++;
  }

  TableCount count(StoredTable table) {
    ByteBuffer bytes = ByteBuffer.allocate(sum.length * Long.BYTES);
    for (long each : sum) {
      bytes.putLong(each);
    }
    return new TableCount(table.key(), rows, HexFormat.of().formatHex(bytes.array()));
  }
}
