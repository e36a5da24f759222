package io.waybill.scheduler.quartz;

import io.waybill.scheduler.MissedPolicy;
import io.waybill.scheduler.OverlapPolicy;
import io.waybill.scheduler.ScheduledJob;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes jobs as plain strings, the only thing that goes into the engine's tables: an older or
 * newer node can always read them.
 */
final class JobText {
  static final String SCHEDULES = "schedules";

  /** Stands beside a job's definition while it is paused, and is no part of it. */
  static final String PAUSED = "paused";

  private static final String ZONE = "zone";
  private static final String MISSED = "missed";
  private static final String OVERLAP = "overlap";

  private JobText() {}

  static Map<String, String> write(ScheduledJob job) {
    return Map.of(
        SCHEDULES, ScheduleText.write(job.schedules()),
        ZONE, job.zone().getId(),
        MISSED, writeMissed(job.missed()),
        OVERLAP, job.overlap().name());
  }

  static ScheduledJob read(String name, Map<String, String> text) {
    return new ScheduledJob(
        name,
        ScheduleText.read(required(text, SCHEDULES)),
        ZoneId.of(required(text, ZONE)),
        readMissed(required(text, MISSED)),
        OverlapPolicy.valueOf(required(text, OVERLAP)));
  }

  /** Returns what the engine holds as strings; everything this module stores there is one. */
  static Map<String, String> strings(Map<String, Object> stored) {
    return stored.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> String.valueOf(entry.getValue())));
  }

  /** Returns what is stored of a job's definition, as {@link #write} had it. */
  static Map<String, String> definition(Map<String, Object> stored) {
    Map<String, String> definition = new HashMap<>(strings(stored));
    definition.remove(PAUSED);
    return definition;
  }

  private static String required(Map<String, String> text, String key) {
    String value = text.get(key);
    if (value == null) {
      throw new IllegalStateException("the stored job has no \"" + key + "\"");
    }
    return value;
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
