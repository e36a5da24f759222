package io.waybill.jobs.pgp;

import io.waybill.jobs.JobException;

/** Says what is wrong with a file. */
final class PgpFailures {
  private PgpFailures() {}

  /** It is not what was encrypted or signed. */
  static JobException damaged(String file, String why, Throwable cause) {
    return new JobException.WrongContent(
        "%s is damaged or cut short, and nothing of it was kept: %s; have it sent again"
            .formatted(file, why),
        cause);
  }

  /** Its signature does not hold. */
  static JobException notProven(String file, String why) {
    return new JobException.WrongContent("%s is not believed: %s".formatted(file, why), null);
  }

  /** It cannot be read as it is meant to be. */
  static JobException unfit(String file, String why) {
    return new JobException.Expectation(file + " " + why);
  }
}
