package io.waybill.testkit;

import java.io.ByteArrayOutputStream;

/**
 * Reads the content of a message up to its final dot and takes doubled dots back (RFC 5321 4.5.2).
 * Only CRLF ends a line here: a dot between bare line feeds is content.
 */
final class SmtpContent {
  private enum State {
    /** A CRLF came before, or nothing at all. */
    LINE_START,
    /** A dot stands at the start of a line. */
    DOT,
    /** That dot and a CR. */
    DOT_CR,
    TEXT,
    CR,
    COMPLETE
  }

  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private final int mostKeptBytes;
  private State state = State.LINE_START;
  private long sizeBytes;
  private long wireBytes;

  SmtpContent(int mostKeptBytes) {
    this.mostKeptBytes = mostKeptBytes;
  }

  /** Takes bytes up to {@code to}, or to the end of the content; returns where it stopped. */
  int take(byte[] buffer, int from, int to) {
    int unwritten = from;
    int i = from;
    while (i < to && state != State.COMPLETE) {
      byte b = buffer[i];
      switch (state) {
        case LINE_START -> {
          if (b == '.') {
            keep(buffer, unwritten, i);
            unwritten = i + 1; // the dot is the transport's
            state = State.DOT;
          } else {
            state = b == '\r' ? State.CR : State.TEXT;
          }
        }
        case DOT -> {
          if (b == '\r') {
            state = State.DOT_CR;
            unwritten = i + 1; // the CR is held back: it may end the content
          } else {
            state = State.TEXT;
          }
        }
        case DOT_CR -> {
          if (b == '\n') {
            unwritten = i + 1;
            state = State.COMPLETE;
          } else {
            keep(new byte[] {'\r'}, 0, 1);
            state = b == '\r' ? State.CR : State.TEXT;
          }
        }
        case CR ->
            state =
                switch (b) {
                  case '\n' -> State.LINE_START;
                  case '\r' -> State.CR;
                  default -> State.TEXT;
                };
        case TEXT -> {
          if (b == '\r') {
            state = State.CR;
          }
        }
        case COMPLETE -> throw new IllegalStateException("the content is complete");
      }
      i++;
    }
    keep(buffer, unwritten, i);
    wireBytes += i - from;
    return i;
  }

  private void keep(byte[] buffer, int from, int to) {
    if (from >= to) {
      return;
    }
    sizeBytes += to - from;
    kept.write(buffer, from, Math.min(to - from, mostKeptBytes - kept.size()));
  }

  boolean isComplete() {
    return state == State.COMPLETE;
  }

  byte[] kept() {
    return kept.toByteArray();
  }

  /** The size of the content, without what the transport added. */
  long sizeBytes() {
    return sizeBytes;
  }

  /** How many bytes were taken, with doubled dots and the final dot's line. */
  long wireBytes() {
    return wireBytes;
  }
}
