package io.waybill.scheduler.store;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Columns of one table that name a row of another.
 *
 * @param child the table that has them
 * @param parent the table that has the row
 * @param pairs columns of the child, each with the parent's
 */
record ForeignKey(String child, String parent, List<Pair> pairs) {
  ForeignKey {
    pairs = List.copyOf(pairs);
  }

  /** A column of the child, and the parent's that it must equal. */
  record Pair(String childColumn, String parentColumn) {}

  /** Returns a query for the number of rows that name none. */
  String countOrphans() {
    return "select count(*) from "
        + StoredTable.quoted(child)
        + " c where "
        + pairs.stream()
            .map(pair -> "c." + StoredTable.quoted(pair.childColumn()) + " is not null")
            .collect(Collectors.joining(" and "))
        + " and not exists (select 1 from "
        + StoredTable.quoted(parent)
        + " p where "
        + pairs.stream()
            .map(
                pair ->
                    "p."
                        + StoredTable.quoted(pair.parentColumn())
                        + " = c."
                        + StoredTable.quoted(pair.childColumn()))
            .collect(Collectors.joining(" and "))
        + ")";
  }
}
