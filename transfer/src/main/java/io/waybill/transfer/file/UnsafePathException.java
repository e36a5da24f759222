package io.waybill.transfer.file;

import java.io.IOException;
import java.io.Serial;

/** A relative path from the other side must not be used. */
public final class UnsafePathException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  /** Tells what is wrong with it; control characters in the path are replaced. */
  public UnsafePathException(String path, String why) {
    super("Refused path '" + path.replaceAll("\\p{Cntrl}", "?") + "': " + why);
  }
}
