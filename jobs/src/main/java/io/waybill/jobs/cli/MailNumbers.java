package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import java.util.List;

/** Numbers in lines about a mailbox, within what IMAP and memory allow. */
final class MailNumbers {
  private static final int MOST_MESSAGES = 1_000_000;
  private static final long LAST_UID = 0xFFFF_FFFFL;

  private MailNumbers() {}

  static int limit(int given) {
    if (given < 1 || given > MOST_MESSAGES) {
      throw new JobException.Configuration(
          "--limit is from 1 to %d, and not %d".formatted(MOST_MESSAGES, given));
    }
    return given;
  }

  static long uid(long given) {
    if (given < 1 || given > LAST_UID) {
      throw new JobException.Configuration(
          "a UID is from 1 to %d, and not %d".formatted(LAST_UID, given));
    }
    return given;
  }

  /** Returns each of them once. */
  static List<Long> uids(List<Long> given) {
    return given.stream().map(MailNumbers::uid).distinct().toList();
  }
}
