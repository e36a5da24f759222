package io.waybill.jobs.cli;

import io.waybill.jobs.json.Plain;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Prints what was done to a store as a whole, for a person. */
final class DbPrinter {
  private DbPrinter() {}

  /** Prints how many rows each table has; those without any in one line. */
  static void printTables(Map<String, Object> form, PrintStream out) {
    List<Map<String, Object>> tables = Plain.maps(form, "tables");
    List<Map<String, Object>> filled =
        tables.stream().filter(table -> Plain.number(table, "rows") > 0).toList();
    out.println("  rows       table");
    for (Map<String, Object> table : filled) {
      out.printf("  %,9d  %s%n", Plain.number(table, "rows"), table.get("table"));
    }
    out.printf("  and %d tables without rows%n", tables.size() - filled.size());
  }

  static void printCheck(Map<String, Object> form, PrintStream out) {
    out.println(Output.printable(form.get("store")));
    for (Map<String, Object> schema : Plain.maps(form, "schemas")) {
      out.printf("  %s version %s%n", schema.get("module"), schema.get("version"));
    }
    printTables(form, out);
    printAll("note", form.get("notes"), out);
    printAll("problem", form.get("problems"), out);
    out.println(
        Boolean.TRUE.equals(form.get("sound"))
            ? "Sound: every table was read from end to end."
            : "Not sound.");
  }

  private static void printAll(String kind, @Nullable Object lines, PrintStream out) {
    if (lines instanceof List<?> list) {
      list.forEach(line -> out.println(kind + ": " + Output.printable(line)));
    }
  }
}
