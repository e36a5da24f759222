package io.waybill.jobs.step;

import io.waybill.jobs.json.Plain;
import io.waybill.transfer.FileEntry;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * How far a step has come with one file that it takes away from where it is, as its journal tells a
 * later attempt.
 *
 * @param state how far
 * @param sizeBytes of the version of the source that it was about
 * @param modified its time; empty if nobody told it
 * @param file what the step tells of it
 */
record FileItem(State state, long sizeBytes, String modified, Map<String, Object> file) {
  /** How far a step has come. */
  enum State {
    /** It may have been renamed, or not yet. */
    BEGUN,
    /** It may go, as its copy is there for good or none is wanted; perhaps it is gone already. */
    READY,
    /** Nothing is left to do. */
    DONE
  }

  FileItem {
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(modified, "modified");
    Objects.requireNonNull(file, "file");
  }

  static FileItem of(State state, FileEntry source, Map<String, Object> file) {
    return new FileItem(state, source.sizeBytes(), time(source), file);
  }

  static FileItem read(Map<String, Object> plain) {
    return new FileItem(
        State.valueOf(Plain.text(plain, "state").toUpperCase(Locale.ROOT)),
        Plain.number(plain, "size"),
        Plain.text(plain, "modified"),
        Plain.map(plain, "file"));
  }

  Map<String, Object> plain() {
    Map<String, Object> plain = new LinkedHashMap<>();
    plain.put("state", Plain.word(state));
    plain.put("size", sizeBytes);
    plain.put("modified", modified);
    plain.put("file", file);
    return plain;
  }

  FileItem at(State reached) {
    return new FileItem(reached, sizeBytes, modified, file);
  }

  /** Says whether it is about a source as it is now. */
  boolean isAbout(FileEntry source) {
    return sizeBytes == source.sizeBytes() && modified.equals(time(source));
  }

  private static String time(FileEntry source) {
    return source.modified().map(Instant::toString).orElse("");
  }
}
