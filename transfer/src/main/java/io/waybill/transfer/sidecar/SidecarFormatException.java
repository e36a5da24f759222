package io.waybill.transfer.sidecar;

import java.io.IOException;
import java.io.Serial;

/** A sidecar file is not one, or not one that can be trusted; no line of it counts. */
public final class SidecarFormatException extends IOException {
  @Serial private static final long serialVersionUID = 1L;
  private final int line;

  SidecarFormatException(String fileName, int line, String why) {
    super(
        "%s%s: %s"
            .formatted(
                fileName.replaceAll("\\p{Cntrl}", "?"),
                line == 0 ? "" : ", line " + line,
                why.replaceAll("\\p{Cntrl}", "?")));
    this.line = line;
  }

  /** Returns the number of the line, from 1; 0 if it is about the whole file. */
  public int line() {
    return line;
  }
}
