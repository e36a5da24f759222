package io.waybill.scheduler.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.scheduler.SchedulerException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IcsReaderTest {
  private static final ZoneId PARIS = ZoneId.of("Europe/Paris");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DTSTART;VALUE=DATE:20270326 | 2027-03-26",
        "DTSTART;VALUE=DATE:20270326~DTEND;VALUE=DATE:20270329 | 2027-03-26, 2027-03-27, 2027-03-28",
        "DTSTART;VALUE=DATE:20270326~DURATION:P2D | 2027-03-26, 2027-03-27",
        "DTSTART;VALUE=DATE:20270326~DURATION:P1W~RRULE:FREQ=DAILY;COUNT=1 | 2027-03-26,"
            + " 2027-03-27, 2027-03-28, 2027-03-29, 2027-03-30, 2027-03-31, 2027-04-01",
        // a time takes its day; that of UTC may be another here
        "DTSTART:20270326T090000~DTEND:20270326T170000 | 2027-03-26",
        "DTSTART:20270326T233000Z | 2027-03-27",
        "DTSTART;TZID=America/New_York:20270326T200000~DURATION:PT4H | 2027-03-27",
        "DTSTART:20270326T200000~DTEND:20270327T000000 | 2027-03-26",
        "DTSTART;VALUE=DATE:20270501~RRULE:FREQ=YEARLY;COUNT=3 | 2027-05-01, 2028-05-01,"
            + " 2029-05-01",
        "DTSTART;VALUE=DATE:20270501~RRULE:FREQ=YEARLY;UNTIL=20280501~EXDATE;VALUE=DATE:20270501"
            + " | 2028-05-01",
        "DTSTART;VALUE=DATE:20270501~RDATE;VALUE=DATE:20270601,20270701~EXDATE;VALUE=DATE:20270601"
            + " | 2027-05-01, 2027-07-01",
        "DTSTART;TZID=Europe/Paris:20270501T090000~RRULE:FREQ=WEEKLY;COUNT=3"
            + "~EXDATE:20270508T070000Z | 2027-05-01, 2027-05-15",
        "DTSTART;VALUE=DATE:20270326~STATUS:CANCELLED | ''",
        "SUMMARY:\"a:b\"~DTSTART;VALUE=DA~ TE:20270326 | 2027-03-26",
        "BEGIN:VALARM~DTSTART;VALUE=DATE:20200101~END:VALARM~DTSTART;VALUE=DATE:20270326"
            + " | 2027-03-26"
      })
  void findsTheDaysOfAnEvent(String lines, String days) {
    assertThat(
            String.join(
                ", ",
                IcsReader.read(file(lines.strip()), PARIS).dates().stream()
                    .map(LocalDate::toString)
                    .toList()))
        .isEqualTo(days.strip());
  }

  @Test
  void anEventThatReplacesOneOfASeriesTakesItsPlace() {
    String series = "UID:a~DTSTART;VALUE=DATE:20270501~RRULE:FREQ=YEARLY;COUNT=2";
    String moved = "UID:a~RECURRENCE-ID;VALUE=DATE:20270501~DTSTART;VALUE=DATE:20270503";
    String text = file(series + "~END:VEVENT~BEGIN:VEVENT~" + moved);
    assertThat(IcsReader.read(text, PARIS).dates())
        .containsExactly(LocalDate.of(2027, 5, 3), LocalDate.of(2028, 5, 1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DTSTART;VALUE=DATE:20270326 | 2027-03-26",
        "DTSTART;VALUE=DATE:20270326~END:VEVENT~BEGIN:VEVENT~DTSTART;VALUE=DATE:20270501"
            + "~RRULE:FREQ=YEARLY;COUNT=10 | 2027-03-26",
        "DTSTART;VALUE=DATE:20270501~RRULE:FREQ=YEARLY;COUNT=10 | 2036-05-01",
        "DTSTART;VALUE=DATE:20270501~RRULE:FREQ=YEARLY | ''"
      })
  void endsWhereSomebodyStoppedToWrite(String lines, String end) {
    assertThat(
            IcsReader.read(file(lines.strip()), PARIS)
                .knownUntil()
                .map(LocalDate::toString)
                .orElse(""))
        .isEqualTo(end.strip());
  }

  @Test
  void anEndlessRuleIsWrittenOutToTheEndOfTheCentury() {
    assertThat(IcsReader.read(file("DTSTART;VALUE=DATE:20270501~RRULE:FREQ=YEARLY"), PARIS).dates())
        .hasSize(2100 - 2027)
        .contains(LocalDate.of(2099, 5, 1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DTSTART:yesterday | line 3: DTSTART is no date or time",
        "DTSTART;VALUE=DATE:99990101 | line 3: the year 9999",
        "DTSTART;VALUE=DATE:20270501~RRULE:FREQ=SECONDLY | line 4: FREQ is DAILY",
        "DTSTART;VALUE=DATE:20270501~RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30 | line 4: it is"
            + " never due",
        "DTSTART;VALUE=DATE:20270501~RRULE:FREQ=DAILY | line 3: it has more than 20000 days",
        "DTSTART;VALUE=DATE:20000101~DTEND;VALUE=DATE:20991231 | line 3: it has more than 20000",
        "DTSTART;VALUE=DATE:20000101~DURATION:long | line 4: DURATION is none",
        "SUMMARY:no start | line 2: the event has no DTSTART",
        "DTSTART;VALUE=DATE:20270326~DTEND;VALUE=DATE:20270325 | line 4: the event ends before it"
            + " begins in line 3",
        "DTEND:20270326T090000~DTSTART:20270326T100000 | line 3: the event ends before it begins in"
            + " line 4",
        "DTSTART;VALUE=DATE:20270326~DURATION:-P1D | line 4: the event ends before it begins",
        "DTSTART;VALUE=DATE:20270326~BEGIN:VEVENT~DTSTART;VALUE=DATE:20270327 | line 2:"
            + " BEGIN:VEVENT has no END:VEVENT before the event that begins in line 4",
        "DTSTART;VALUE=DATE:20270326~BEGIN:VALARM | line 4: BEGIN:VALARM has no END:VALARM before"
            + " END:VEVENT in line 5",
        "DTSTART;VALUE=DATE:20270326~END:VALARM | line 2: BEGIN:VEVENT has no END:VEVENT before"
            + " END:VALARM in line 4",
        "DTSTART;VALUE=DATE:20270326~END:VEVENT~END:VCALENDAR~BEGIN:VEVENT~DTSTART:20270326T090000"
            + " | line 6: the event stands outside of",
        "DTSTART;VALUE=DATE:20270326~END:VEVENT~END:VCALENDAR~BEGIN:VCALENDAR~END:VCALENDAR"
            + " | line 8: END:VEVENT ends what has not begun"
      })
  @Timeout(30)
  void refusesWithTheLine(String lines, String reason) {
    assertThatThrownBy(() -> IcsReader.read(file(lines.strip()), PARIS))
        .isInstanceOf(SchedulerException.InvalidSchedule.class)
        .hasMessageContaining(reason.strip());
  }

  @Test
  @Timeout(60)
  void hostileFilesAreBounded() {
    assertThatThrownBy(() -> IcsReader.read("x".repeat((1 << 20) + 1), PARIS))
        .hasMessageContaining("longer than 1 MiB");
    assertThatThrownBy(() -> IcsReader.read("<html>", PARIS))
        .hasMessageContaining("no iCalendar file");
    StringBuilder many = new StringBuilder("BEGIN:VCALENDAR\n");
    for (int i = 0; i < 15_000; i++) {
      many.append("BEGIN:VEVENT\nDTSTART:20270501T000000\nEND:VEVENT\n");
    }
    assertThatThrownBy(() -> IcsReader.read(many.toString(), PARIS))
        .hasMessageContaining("more than 10000 events");
    StringBuilder rules = new StringBuilder("BEGIN:VCALENDAR\n");
    for (int i = 0; i < 9_000; i++) {
      rules.append("BEGIN:VEVENT\nDTSTART:20000501T000000\nRRULE:FREQ=MONTHLY\nEND:VEVENT\n");
    }
    assertThatThrownBy(() -> IcsReader.read(rules + "END:VCALENDAR\n", PARIS))
        .hasMessageContaining("more than 20000 days");
    IcsReader.read(file("DTSTART:20270501T000000\n" + " folded".repeat(100_000)), PARIS);
    assertThatThrownBy(
            () -> IcsReader.read("BEGIN:VCALENDAR\n" + "BEGIN:X\n".repeat(100_000), PARIS))
        .hasMessageContaining("line 100001: BEGIN:X has no END:X");
  }

  @Test
  void aFileThatIsCutOffAnywhereIsRefused() {
    String whole = file("DTSTART;VALUE=DATE:20270326~SUMMARY:Good Friday");
    for (int end = 0; end < whole.stripTrailing().length(); end++) {
      String cut = whole.substring(0, end);
      assertThatThrownBy(() -> IcsReader.read(cut, PARIS))
          .as("cut to %d characters", end)
          .isInstanceOf(SchedulerException.InvalidSchedule.class);
    }
    assertThat(IcsReader.read(whole.stripTrailing(), PARIS).dates())
        .containsExactly(LocalDate.of(2027, 3, 26));
  }

  @Test
  void aCancelledOneOfASeriesDoesNotCount() {
    String series = "UID:a~DTSTART;VALUE=DATE:20270501~RRULE:FREQ=YEARLY;COUNT=2";
    String cancelled =
        "UID:a~RECURRENCE-ID;VALUE=DATE:20270501~DTSTART;VALUE=DATE:20270501~STATUS:CANCELLED";
    String text = file(series + "~END:VEVENT~BEGIN:VEVENT~" + cancelled);
    assertThat(IcsReader.read(text, PARIS).dates()).containsExactly(LocalDate.of(2028, 5, 1));
  }

  @Test
  void brokenFilesAreRefusedOrReadAndNothingElse() {
    String whole =
        file(
            "UID:a~DTSTART;TZID=Europe/Paris:20270501T090000~DTEND:20270501T110000Z"
                + "~RRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=5~EXDATE:20270528T070000Z");
    for (long seed = 0; seed < 400; seed++) {
      Random random = new Random(seed);
      StringBuilder broken = new StringBuilder(whole);
      for (int i = random.nextInt(4); i >= 0; i--) {
        broken.setCharAt(random.nextInt(broken.length()), (char) (random.nextInt(96) + 32));
      }
      try {
        IcsReader.read(broken.toString(), PARIS);
      } catch (SchedulerException.InvalidSchedule e) {
        assertThat(e.getMessage()).as("seed %d", seed).isNotBlank();
      }
    }
  }

  private static String file(String lines) {
    return "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"
        + lines.replace("~", "\r\n")
        + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
  }
}
