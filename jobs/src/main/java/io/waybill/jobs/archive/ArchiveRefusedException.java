package io.waybill.jobs.archive;

import java.io.IOException;

/** An archive holds what is not unpacked, or not read: its message names it. */
public final class ArchiveRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  ArchiveRefusedException(String message) {
    super(message);
  }
}
