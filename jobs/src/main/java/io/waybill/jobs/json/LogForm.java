package io.waybill.jobs.json;

import io.waybill.jobs.LogPiece;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The JSON form of a run's log, or of a piece of it: {@code waybill.log/1}. */
public final class LogForm {
  /** Name and version of the form. */
  public static final String SCHEMA = "waybill.log/1";

  /** Name and version of one line. */
  public static final String LINE_SCHEMA = "waybill.log-line/1";

  private LogForm() {}

  /** Returns a piece. */
  public static Map<String, Object> of(String runId, LogPiece piece) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("run", runId);
    form.put("source", Plain.word(piece.source()));
    form.put("ended", piece.isEnded());
    form.put("from", piece.from());
    form.put("next", piece.next());
    form.put("text", piece.text());
    return form;
  }

  /** Returns the piece that a form tells of. */
  public static LogPiece piece(Map<String, Object> form) {
    return new LogPiece(
        Plain.text(form, "text"),
        Plain.number(form, "from"),
        Plain.number(form, "next"),
        LogPiece.Source.valueOf(
            Plain.text(form, "source").toUpperCase(Locale.ROOT).replace('-', '_')),
        Boolean.TRUE.equals(form.get("ended")));
  }
}
