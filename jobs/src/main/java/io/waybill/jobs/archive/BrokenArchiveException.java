package io.waybill.jobs.archive;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An archive is not what it should be: cut off, damaged, or of another kind. */
public final class BrokenArchiveException extends IOException {
  private static final long serialVersionUID = 1L;

  BrokenArchiveException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
