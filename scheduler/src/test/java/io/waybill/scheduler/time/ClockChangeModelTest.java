package io.waybill.scheduler.time;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.scheduler.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Around clock changes, schedules are due exactly when the rules say, taken literally: each local
 * time of each day is looked up in the zone's rules. A sample of zones, or all of them with {@code
 * -Dwaybill.zones=all}.
 */
class ClockChangeModelTest {
  private static final Duration BEFORE = Duration.ofHours(60);
  private static final Duration AFTER = Duration.ofHours(60);

  /** A schedule, and its local times. */
  private record Case(List<Schedule> schedules, List<Times> times) {}

  /**
   * Times of each day.
   *
   * @param longestInterval clock changes at least this long are gone through in both passes; empty
   *     for fixed times
   */
  private record Times(List<LocalTime> times, Optional<Duration> longestInterval) {}

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14, 15, 16})
  void everyScheduleIsDueAsTheRulesSayAtEveryChange(long seed) {
    Random random = new Random(seed);
    for (ZoneId zone : Zones.sample(random)) {
      for (ZoneOffsetTransition change : Zones.changes(zone)) {
        Case each = anyCase(random, change);
        Instant start = change.getInstant().minus(BEFORE);
        Instant end = change.getInstant().plus(AFTER);
        Timetable timetable = Timetable.of(each.schedules(), zone, "job");
        List<Instant> found = new ArrayList<>();
        Optional<Instant> next = timetable.next(start);
        while (next.isPresent() && next.get().isBefore(end)) {
          found.add(next.get());
          next = timetable.next(next.get());
        }
        assertThat(found)
            .as("%s in %s at %s, seed %d", each.schedules(), zone, change, seed)
            .containsExactlyElementsOf(expected(each, zone.getRules(), start, end));
      }
    }
  }

  private static Set<Instant> expected(Case each, ZoneRules rules, Instant start, Instant end) {
    TreeSet<Instant> due = new TreeSet<>();
    LocalDate first = LocalDate.ofInstant(start, ZoneOffset.UTC).minusDays(2);
    LocalDate last = LocalDate.ofInstant(end, ZoneOffset.UTC).plusDays(2);
    for (Times times : each.times()) {
      for (LocalDate day = first; !day.isAfter(last); day = day.plusDays(1)) {
        due.addAll(ofDay(times, day, rules));
      }
    }
    due.removeIf(moment -> !moment.isAfter(start) || !moment.isBefore(end));
    return due;
  }

  private static Set<Instant> ofDay(Times times, LocalDate day, ZoneRules rules) {
    TreeSet<Instant> due = new TreeSet<>();
    TreeSet<Instant> gapEnds = new TreeSet<>();
    for (LocalTime time : times.times()) {
      LocalDateTime local = day.atTime(time);
      List<ZoneOffset> offsets = rules.getValidOffsets(local);
      ZoneOffsetTransition change = rules.getTransition(local);
      boolean interval =
          change != null
              && times
                  .longestInterval()
                  .filter(least -> change.getDuration().abs().compareTo(least) >= 0)
                  .isPresent();
      if (offsets.size() == 1) {
        due.add(local.toInstant(offsets.get(0)));
      } else if (offsets.isEmpty() && !isSkipped(day, change)) {
        (interval ? gapEnds : due).add(change.getInstant());
      } else if (offsets.size() == 2) {
        due.add(local.toInstant(offsets.get(0)));
        if (interval) {
          due.add(local.toInstant(offsets.get(1)));
        }
      }
    }
    return due.isEmpty() ? gapEnds : due;
  }

  private static boolean isSkipped(LocalDate day, ZoneOffsetTransition gap) {
    return !gap.getDateTimeBefore().isAfter(day.atStartOfDay())
        && !gap.getDateTimeAfter().isBefore(day.plusDays(1).atStartOfDay());
  }

  private static Case anyCase(Random random, ZoneOffsetTransition change) {
    int kind = random.nextInt(6);
    return switch (kind) {
      case 0 -> fixed(random, change);
      case 1 -> interval(random, change);
      case 2 -> everyMinutes(random);
      case 3 -> daily(random, change);
      case 4 -> both(daily(random, change), fixed(random, change));
      default -> both(interval(random, change), daily(random, change));
    };
  }

  private static Case both(Case one, Case other) {
    List<Schedule> schedules = new ArrayList<>(one.schedules());
    schedules.addAll(other.schedules());
    List<Times> times = new ArrayList<>(one.times());
    times.addAll(other.times());
    return new Case(schedules, times);
  }

  /** Picks an hour in or near what the change skips or repeats. */
  private static int hour(Random random, ZoneOffsetTransition change) {
    return Math.floorMod(change.getDateTimeBefore().getHour() - 2 + random.nextInt(5), 24);
  }

  private static Case fixed(Random random, ZoneOffsetTransition change) {
    int hour = hour(random, change);
    int one = random.nextInt(60);
    int other = random.nextInt(60);
    return new Case(
        List.of(new Schedule.Cron("%d,%d %d * * *".formatted(one, other, hour))),
        List.of(
            new Times(
                List.of(LocalTime.of(hour, one), LocalTime.of(hour, other)), Optional.empty())));
  }

  private static Case interval(Random random, ZoneOffsetTransition change) {
    int hour = hour(random, change);
    int step = 1 + random.nextInt(59);
    boolean everyHour = random.nextBoolean();
    List<LocalTime> times = new ArrayList<>();
    for (int h = 0; h < 24; h++) {
      for (int minute = 0; minute < 60; minute += step) {
        if (everyHour || h == hour) {
          times.add(LocalTime.of(h, minute));
        }
      }
    }
    return new Case(
        List.of(new Schedule.Cron("*/%d %s * * *".formatted(step, everyHour ? "*" : hour + ""))),
        List.of(new Times(times, Optional.of(Duration.ZERO))));
  }

  private static Case everyMinutes(Random random) {
    Duration interval = Duration.ofMinutes(10 + random.nextInt(240));
    List<LocalTime> times = new ArrayList<>();
    for (int second = 0; second < 24 * 60 * 60; second += (int) interval.toSeconds()) {
      times.add(LocalTime.ofSecondOfDay(second));
    }
    return new Case(
        List.of(new Schedule.Every(interval)), List.of(new Times(times, Optional.of(interval))));
  }

  private static Case daily(Random random, ZoneOffsetTransition change) {
    LocalTime time = LocalTime.of(hour(random, change), random.nextInt(60), random.nextInt(60));
    return new Case(
        List.of(new Schedule.Daily(time)), List.of(new Times(List.of(time), Optional.empty())));
  }
}
