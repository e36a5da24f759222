package io.waybill.transfer.file;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;

/** Another writer, in this process or another one, holds the part file. */
public final class PartFileBusyException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  /** Tells which part file is held. */
  public PartFileBusyException(Path part) {
    super("Another writer holds " + part);
  }
}
