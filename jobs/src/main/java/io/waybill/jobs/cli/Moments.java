package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Moments as a person writes and reads them. */
final class Moments {
  private static final DateTimeFormatter MINUTES =
      DateTimeFormatter.ofPattern("EEE yyyy-MM-dd HH:mm", Locale.ENGLISH);
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("EEE yyyy-MM-dd HH:mm:ss", Locale.ENGLISH);

  private Moments() {}

  /** Returns {@code Sat 2027-03-13 02:30 -05:00}; with seconds only if there are some. */
  static String local(OffsetDateTime moment) {
    DateTimeFormatter form = moment.getSecond() == 0 ? MINUTES : SECONDS;
    return form.format(moment)
        + " "
        + (moment.getOffset().getId().equals("Z") ? "+00:00" : moment.getOffset());
  }

  /**
   * Reads the value of an option.
   *
   * @throws JobException.Configuration if it is no moment
   */
  static Instant parse(String option, String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw new JobException.Configuration(
          option
              + " is no moment: \""
              + text
              + "\"; write 2027-03-01T00:00Z, or an offset at its end",
          e);
    }
  }
}
