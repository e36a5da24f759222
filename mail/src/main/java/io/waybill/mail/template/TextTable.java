package io.waybill.mail.template;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Gathers the rows of one table of data and writes them as lines. */
final class TextTable {
  private static final int MAX_SPAN = 20;
  private static final Pattern SPAN = Pattern.compile("[0-9]{1,4}");
  private static final String BETWEEN = " | ";

  private final List<List<String>> rows = new ArrayList<>();
  private final StringBuilder cell = new StringBuilder();
  private boolean inCell;
  private boolean headed = true;

  /** Begins a row. */
  void row() {
    rows.add(new ArrayList<>());
  }

  /** Begins a cell of the last row. */
  void cell(boolean header) {
    if (rows.isEmpty()) {
      row();
    }
    inCell = true;
    headed &= header || rows.size() > 1;
  }

  /** Returns whether text now belongs to a cell. */
  boolean inCell() {
    return inCell;
  }

  /** Adds text to the cell. */
  void text(String text) {
    cell.append(text);
  }

  /** Ends the cell, which spans as many columns as it says. */
  void endCell(String span) {
    if (!inCell) {
      return;
    }
    List<String> row = rows.get(rows.size() - 1);
    row.add(Characters.collapse(cell));
    cell.setLength(0);
    inCell = false;
    int columns = SPAN.matcher(span).matches() ? Integer.parseInt(span) : 1;
    for (int i = 1; i < Math.min(columns, MAX_SPAN); i++) {
      row.add("");
    }
  }

  /** Writes the rows: in columns if they fit beside each other, else each as wrapped text. */
  void writeTo(TextLayout layout) {
    boolean underlined = headed && rows.size() > 1;
    List<Integer> widths = widths();
    int total = widths.stream().mapToInt(w -> w == 0 ? 0 : w + BETWEEN.length()).sum();
    boolean fits = total - BETWEEN.length() <= layout.room();
    for (int i = 0; i < rows.size(); i++) {
      List<String> row = rows.get(i);
      if (row.stream().allMatch(String::isEmpty)) {
        continue;
      }
      if (fits) {
        layout.line(aligned(row, widths));
      } else {
        layout.indent("", "  ");
        layout.text(String.join(BETWEEN, row));
        layout.block(false);
        layout.outdent();
      }
      if (i == 0 && underlined) {
        layout.line(fits ? underline(widths) : "-".repeat(layout.room()));
      }
    }
  }

  /** Returns the columns that each column of cells takes; 0 for one that is empty throughout. */
  private List<Integer> widths() {
    List<Integer> widths = new ArrayList<>();
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        int columns = Characters.columns(row.get(i));
        if (i == widths.size()) {
          widths.add(columns);
        } else {
          widths.set(i, Math.max(widths.get(i), columns));
        }
      }
    }
    return widths;
  }

  private static String aligned(List<String> row, List<Integer> widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.size(); i++) {
      if (widths.get(i) > 0) {
        String text = i < row.size() ? row.get(i) : "";
        line.append(line.length() == 0 ? "" : BETWEEN)
            .append(text)
            .append(" ".repeat(widths.get(i) - Characters.columns(text)));
      }
    }
    return line.toString();
  }

  private static String underline(List<Integer> widths) {
    return String.join("-+-", widths.stream().filter(w -> w > 0).map(w -> "-".repeat(w)).toList());
  }
}
