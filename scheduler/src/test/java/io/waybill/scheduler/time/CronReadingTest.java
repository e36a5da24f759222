package io.waybill.scheduler.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.scheduler.CronDialect;
import io.waybill.scheduler.SchedulerException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntPredicate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Unix expressions of every shape, against the plainest reading there is: each minute of some years
 * is held against the five fields, as crontab(5) explains them.
 */
class CronReadingTest {
  private static final ZoneId UTC = ZoneId.of("UTC");
  private static final List<String> MONTHS =
      List.of("jan feb mar apr may jun jul aug sep oct nov dec".split(" ", -1));
  private static final List<String> DAYS = List.of("sun mon tue wed thu fri sat".split(" ", -1));
  private static final LocalDateTime FROM = LocalDateTime.parse("2027-11-20T00:00");
  private static final LocalDateTime UNTIL = LocalDateTime.parse("2029-03-10T00:00");
  private static final int MOST = 2_000;

  @ParameterizedTest
  @ValueSource(longs = {91, 92, 93, 94})
  void isDueInEachMinuteThatFitsAndInNoOther(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 50; i++) {
      boolean byMonth = random.nextBoolean();
      String text =
          String.join(
              random.nextInt(4) == 0 ? " \t " : " ",
              field(random, 0, 59, List.of()),
              field(random, 0, 23, List.of()),
              byMonth ? field(random, 1, 31, List.of()) : "*",
              field(random, 1, 12, MONTHS),
              byMonth ? "*" : field(random, 0, 7, DAYS));
      parsed(text).ifPresent(expression -> verify(expression, text, seed));
    }
  }

  private static Optional<CronExpression> parsed(String text) {
    try {
      return Optional.of(CronExpression.parse(text));
    } catch (SchedulerException.InvalidSchedule e) {
      assertThat(e).as(text).hasMessageContaining("never due");
      return Optional.empty();
    }
  }

  private static void verify(CronExpression expression, String text, long seed) {
    List<Instant> expected = read(text);
    List<Instant> found = new ArrayList<>();
    Optional<Instant> next = expression.next(FROM.minusSeconds(1).toInstant(ZoneOffset.UTC), UTC);
    Instant end = UNTIL.toInstant(ZoneOffset.UTC);
    while (next.isPresent() && next.get().isBefore(end) && found.size() < MOST) {
      found.add(next.get());
      next = expression.next(next.get(), UTC);
    }
    assertThat(found).as("\"%s\", seed %d", text, seed).containsExactlyElementsOf(expected);
  }

  private static List<Instant> read(String text) {
    String[] fields = text.split("[ \t]+", -1);
    IntPredicate minute = reading(fields[0], 0, 59, List.of());
    IntPredicate hour = reading(fields[1], 0, 23, List.of());
    IntPredicate day = reading(fields[2], 1, 31, List.of());
    IntPredicate month = reading(fields[3], 1, 12, MONTHS);
    IntPredicate week = reading(fields[4], 0, 7, DAYS);
    List<Instant> due = new ArrayList<>();
    for (LocalDateTime midnight = FROM; midnight.isBefore(UNTIL); midnight = midnight.plusDays(1)) {
      int weekday = midnight.getDayOfWeek().getValue(); // Sunday is 7, and 0
      if (day.test(midnight.getDayOfMonth())
          && month.test(midnight.getMonthValue())
          && (week.test(weekday) || week.test(weekday % 7))) {
        for (int time = 0; time < 24 * 60 && due.size() < MOST; time++) {
          if (hour.test(time / 60) && minute.test(time % 60)) {
            due.add(midnight.plusMinutes(time).toInstant(ZoneOffset.UTC));
          }
        }
      }
    }
    return due;
  }

  /** Reads a field as a list of questions: is it this, is it in this range, in step with it. */
  private static IntPredicate reading(String field, int min, int max, List<String> names) {
    IntPredicate any = value -> false;
    for (String item : field.split(",", -1)) {
      String[] parts = item.split("/", -1);
      int step = parts.length > 1 ? Integer.parseInt(parts[1]) : 1;
      String[] ends = parts[0].split("-", -1);
      int first = parts[0].equals("*") ? min : number(ends[0], min, names);
      int last = parts[0].equals("*") ? max : number(ends[ends.length - 1], min, names);
      any = any.or(value -> value >= first && value <= last && (value - first) % step == 0);
    }
    return any;
  }

  private static int number(String word, int min, List<String> names) {
    int named = names.indexOf(word.toLowerCase(Locale.ROOT));
    return named >= 0 ? named + min : Integer.parseInt(word);
  }

  private static String field(Random random, int min, int max, List<String> names) {
    List<String> items = new ArrayList<>();
    for (int n = 1 + random.nextInt(random.nextInt(3) == 0 ? 4 : 1); n > 0; n--) {
      int a = min + random.nextInt(max - min + 1);
      int b = a + random.nextInt(max - a + 1);
      int step = 1 + random.nextInt(max - 1);
      items.add(
          switch (random.nextInt(7)) {
            case 0, 1 -> "*";
            case 2 -> "*/" + step;
            case 3 -> written(random, a, min, names);
            case 4 -> a + "-" + b;
            case 5 -> a + "-" + b + "/" + step;
            default -> (a < 10 ? "0" : "") + a;
          });
    }
    return String.join(",", items);
  }

  private static String written(Random random, int value, int min, List<String> names) {
    if (value - min >= names.size()) {
      return Integer.toString(value);
    }
    String name = names.get(value - min);
    return random.nextBoolean() ? name : name.toUpperCase(Locale.ROOT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "UNIX | -1 * * * * | 0 | minute is a number, this is \"-1\"",
        "UNIX | 1- * * * * | 2 | this is nothing",
        "UNIX | */ * * * * | 2 | a step in minute is a number, this is nothing",
        "UNIX | ٣ * * * * | 0 | minute is a number, this is \"٣\"",
        "UNIX | 99999999999 * * * * | 0 | minute is a number",
        "UNIX | 0 0 * * monday | 8 | a number or a name, this is \"monday\"; write mon",
        "UNIX | 0 0 * January * | 6 | write Jan",
        "UNIX | 0 0 * mon * | 6 | month is a number or a name",
        "UNIX | 0 0 * dec-feb * | 6 | write 12,1-2",
        "UNIX | 0 0 * * * root | 10 | this has 6; what follows them in a crontab",
        "UNIX | 0 0 * * * /bin/true | 10 | is no part of it",
        "UNIX | 0 0 12 * * MON-FRI | 11 | say dialect quartz",
        "QUARTZ | 0 0 0 ? * 6# | 12 | what stands after # is a number, this is nothing",
        "QUARTZ | 0 0 0 ? * * 2099-1970 | 12 | \"2099-1970\" goes backwards"
      })
  void whatIsOddIsRefusedWithItsPlace(CronDialect dialect, String text, int offset, String reason) {
    assertThatThrownBy(() -> CronExpression.parse(text.strip(), dialect))
        .isInstanceOfSatisfying(
            SchedulerException.InvalidSchedule.class, e -> assertThat(e.offset()).isEqualTo(offset))
        .hasMessageContaining(reason.strip());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0 9 * * 1-5\n",
        "\n0 9\n* * 1-5",
        "0\u00a09\u00a0*\u00a0* 1-5",
        "0\t9 * * 1-5\r\n"
      })
  void blanksOfAllKindsStandBetweenFields(String text) {
    assertThat(CronExpression.parse(text).inWords()).isEqualTo("At 09:00 on Monday to Friday");
  }
}
