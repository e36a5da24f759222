package io.waybill.scheduler.quartz;

import io.waybill.scheduler.ConcurrencyLimit;
import io.waybill.scheduler.MissedPolicy;
import io.waybill.scheduler.OverlapPolicy;
import io.waybill.scheduler.ScheduledJob;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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
  private static final String LIMIT = "limit";

  private JobText() {}

  static Map<String, String> write(ScheduledJob job) {
    Map<String, String> text = new TreeMap<>();
    text.put(SCHEDULES, ScheduleText.write(job.schedules()));
    text.put(ZONE, job.zone().getId());
    text.put(MISSED, writeMissed(job.missed()));
    text.put(OVERLAP, job.overlap().name());
    job.limit().ifPresent(limit -> text.put(LIMIT, limit.atMost() + " " + limit.name()));
    return text;
  }

  static ScheduledJob read(String name, Map<String, String> text) {
    return ScheduledJob.builder(name, ZoneId.of(required(text, ZONE)))
        .schedules(ScheduleText.read(required(text, SCHEDULES)))
        .missed(readMissed(required(text, MISSED)))
        .overlap(OverlapPolicy.valueOf(required(text, OVERLAP)))
        .limit(readLimit(text.get(LIMIT)))
        .build();
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

  /** Returns whether two definitions fire at the same moments. */
  static boolean isSameTimetable(Map<String, String> one, Map<String, String> other) {
    return Objects.equals(one.get(SCHEDULES), other.get(SCHEDULES))
        && Objects.equals(one.get(ZONE), other.get(ZONE));
  }

  private static String required(Map<String, String> text, String key) {
    String value = text.get(key);
    if (value == null) {
      throw new IllegalStateException("the stored job has no \"" + key + "\"");
    }
    return value;
  }

  private static @Nullable ConcurrencyLimit readLimit(@Nullable String text) {
    if (text == null) {
      return null;
    }
    int blank = text.indexOf(' ');
    return new ConcurrencyLimit(
        text.substring(blank + 1), Integer.parseInt(text.substring(0, blank)));
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
