package io.waybill.scheduler.time;

import static org.assertj.core.api.Assertions.assertThat;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import io.waybill.scheduler.CronDialect;
import io.waybill.scheduler.SchedulerException;
import java.text.ParseException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TimeZone;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where no clock changes, other engines are right: they must say the same. */
class CronOracleTest {
  private static final ZoneId UTC = ZoneId.of("UTC");
  private static final int EXPRESSIONS = 60;
  private static final int FIRINGS = 12;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void unixAsCronUtilsSays(long seed) {
    com.cronutils.parser.CronParser parser =
        new com.cronutils.parser.CronParser(
            CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
    Random random = new Random(seed);
    for (int i = 0; i < EXPRESSIONS; i++) {
      String text = unix(random);
      Optional<CronExpression> ours = parse(text, CronDialect.UNIX);
      if (ours.isEmpty()) {
        continue;
      }
      ExecutionTime theirs = ExecutionTime.forCron(parser.parse(text));
      ZonedDateTime moment = start(random).atZone(UTC);
      for (int n = 0; n < FIRINGS; n++) {
        Optional<ZonedDateTime> expected = theirs.nextExecution(moment);
        if (expected.isEmpty()) {
          break; // it looks only some years ahead
        }
        assertThat(ours.get().next(moment.toInstant(), UTC))
            .as("%s after %s, seed %d", text, moment, seed)
            .contains(expected.get().toInstant());
        moment = expected.get();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {4, 5, 6})
  void quartzAsQuartzSays(long seed) throws ParseException {
    Random random = new Random(seed);
    for (int i = 0; i < EXPRESSIONS; i++) {
      String text = quartz(random);
      Optional<CronExpression> ours = parse(text, CronDialect.QUARTZ);
      if (ours.isEmpty()) {
        continue;
      }
      org.quartz.CronExpression theirs = new org.quartz.CronExpression(text);
      theirs.setTimeZone(TimeZone.getTimeZone("UTC"));
      Instant moment = start(random);
      for (int n = 0; n < FIRINGS; n++) {
        Date expected = theirs.getNextValidTimeAfter(Date.from(moment));
        assertThat(ours.get().next(moment, UTC).map(Date::from))
            .as("%s after %s, seed %d", text, moment, seed)
            .isEqualTo(Optional.ofNullable(expected));
        if (expected == null) {
          break;
        }
        moment = expected.toInstant();
      }
    }
  }

  private static Optional<CronExpression> parse(String text, CronDialect dialect) {
    try {
      return Optional.of(CronExpression.parse(text, dialect));
    } catch (SchedulerException.InvalidSchedule e) {
      assertThat(e).hasMessageContaining("never due");
      return Optional.empty();
    }
  }

  private static Instant start(Random random) {
    return Instant.parse("2020-01-01T00:00:00Z").plusSeconds(random.nextInt(400_000_000));
  }

  private static String unix(Random random) {
    boolean byMonth = random.nextBoolean();
    return String.join(
        " ",
        numbers(random, 0, 59, true),
        numbers(random, 0, 23, true),
        byMonth ? numbers(random, 1, 31, true) : "*",
        numbers(random, 1, 12, true),
        byMonth ? "*" : numbers(random, 0, 6, true));
  }

  private static String quartz(Random random) {
    boolean byMonth = random.nextBoolean();
    // without 15W and LW: on days that they move, Quartz 2.5.2 begins at the time it looks from
    String ofMonth = pick(random, numbers(random, 1, 31, true), "L", "L-4");
    String ofWeek = pick(random, numbers(random, 1, 7, true), "6L", "2#1", "7#5", "MON-FRI", "L");
    return String.join(
        " ",
        numbers(random, 0, 59, false),
        numbers(random, 0, 59, true),
        numbers(random, 0, 23, true),
        byMonth ? ofMonth : "?",
        numbers(random, 1, 12, true),
        byMonth ? "?" : ofWeek);
  }

  private static String numbers(Random random, int min, int max, boolean withStar) {
    int a = min + random.nextInt(max - min + 1);
    int b = a + random.nextInt(max - a + 1);
    return pick(
        random,
        withStar ? "*" : String.valueOf(a),
        withStar ? "*/" + (1 + random.nextInt(Math.max(1, max / 2))) : String.valueOf(b),
        String.valueOf(a),
        a + "-" + b,
        a + "-" + b + "/" + (1 + random.nextInt(5)),
        a == b ? String.valueOf(a) : a + "," + b);
  }

  private static String pick(Random random, String... choices) {
    return List.of(choices).get(random.nextInt(choices.length));
  }
}
