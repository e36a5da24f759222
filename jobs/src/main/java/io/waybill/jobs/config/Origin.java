package io.waybill.jobs.config;

import io.waybill.jobs.Position;

/**
 * The stretch of a file that something was read from.
 *
 * @param start index of its first {@code char}
 * @param end index behind its last
 */
record Origin(SourceText source, int start, int end) {

  Position position() {
    return source.position(start);
  }

  int line() {
    return position().line();
  }

  /** Returns the stretch as it is written, quotes and escapes included. */
  String raw() {
    return source.text().substring(start, end);
  }

  Origin from(int offset) {
    return new Origin(source, Math.min(offset, end), end);
  }
}
