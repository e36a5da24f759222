package io.waybill.scheduler.quartz;

import io.waybill.scheduler.MissedPolicy;
import io.waybill.scheduler.OverlapPolicy;
import io.waybill.scheduler.Schedule;
import io.waybill.scheduler.ScheduledJob;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes jobs as plain strings, the only thing that goes into the engine's tables: an older or
 * newer node can always read them.
 */
final class JobText {
  private static final String SCHEDULES = "schedules";
  private static final String ZONE = "zone";
  private static final String MISSED = "missed";
  private static final String OVERLAP = "overlap";

  private JobText() {}

  static Map<String, String> write(ScheduledJob job) {
    return Map.of(
        SCHEDULES, writeSchedules(job.schedules()),
        ZONE, job.zone().getId(),
        MISSED, writeMissed(job.missed()),
        OVERLAP, job.overlap().name());
  }

  static ScheduledJob read(String name, Map<String, String> text) {
    return new ScheduledJob(
        name,
        readSchedules(required(text, SCHEDULES)),
        ZoneId.of(required(text, ZONE)),
        readMissed(required(text, MISSED)),
        OverlapPolicy.valueOf(required(text, OVERLAP)));
  }

  /** Returns what the engine holds as strings; everything this module stores there is one. */
  static Map<String, String> strings(Map<String, Object> stored) {
    return stored.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> String.valueOf(entry.getValue())));
  }

  private static String required(Map<String, String> text, String key) {
    String value = text.get(key);
    if (value == null) {
      throw new IllegalStateException("the stored job has no \"" + key + "\"");
    }
    return value;
  }

  static String writeSchedules(List<Schedule> schedules) {
    return schedules.stream().map(JobText::writeSchedule).collect(Collectors.joining("|"));
  }

  static List<Schedule> readSchedules(String text) {
    return Arrays.stream(text.split("\\|"))
        .filter(part -> !part.isEmpty())
        .map(JobText::readSchedule)
        .toList();
  }

  private static String writeSchedule(Schedule schedule) {
    if (schedule instanceof Schedule.Every every) {
      return "every " + every.interval();
    }
    if (schedule instanceof Schedule.Daily daily) {
      return "daily " + daily.time();
    }
    if (schedule instanceof Schedule.Cron cron) {
      return "cron " + cron.expression();
    }
    if (schedule instanceof Schedule.At at) {
      return "at " + at.time();
    }
    return "at-instant " + ((Schedule.AtInstant) schedule).instant();
  }

  private static Schedule readSchedule(String text) {
    String[] parts = text.split(" ", 2);
    return switch (parts[0]) {
      case "every" -> new Schedule.Every(Duration.parse(parts[1]));
      case "daily" -> new Schedule.Daily(LocalTime.parse(parts[1]));
      case "cron" -> new Schedule.Cron(parts[1]);
      case "at" -> new Schedule.At(LocalDateTime.parse(parts[1]));
      case "at-instant" -> new Schedule.AtInstant(Instant.parse(parts[1]));
      default -> throw new IllegalStateException("unknown stored schedule \"" + text + "\"");
    };
  }

  private static String writeMissed(MissedPolicy policy) {
    if (policy instanceof MissedPolicy.RunOnce once) {
      return "run-once " + once.maxLate();
    }
    if (policy instanceof MissedPolicy.RunAll all) {
      return "run-all " + all.atMost() + " " + all.maxLate();
    }
    return "skip";
  }

  private static MissedPolicy readMissed(String text) {
    String[] parts = text.split(" ", -1);
    return switch (parts[0]) {
      case "skip" -> MissedPolicy.skip();
      case "run-once" -> MissedPolicy.runOnce(Duration.parse(parts[1]));
      case "run-all" -> MissedPolicy.runAll(Integer.parseInt(parts[1]), Duration.parse(parts[2]));
      default -> throw new IllegalStateException("unknown stored policy \"" + text + "\"");
    };
  }
}
