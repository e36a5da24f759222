package io.waybill.jobs.config;

import io.waybill.jobs.Key;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.expression.NearestName;
import io.waybill.scheduler.ConcurrencyLimit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads how many runs may be at work at the same time, and which jobs count in which limit. */
final class LimitReader {
  private static final long MOST = 1_000;

  private final Map<String, ConcurrencyLimit> limits;
  private final Problems problems;

  private LimitReader(Map<String, ConcurrencyLimit> limits, Problems problems) {
    this.limits = limits;
    this.problems = problems;
  }

  static LimitReader read(Section top, Section.Readers readers) {
    Map<String, ConcurrencyLimit> limits = new LinkedHashMap<>();
    for (YamlNode.Entry entry : Names.entries(top, "limits", readers)) {
      Names.check(entry, Names.PLAIN, "a limit", readers.problems());
      // a wrong one keeps its name, so that those who use it are not blamed as well
      limits.put(entry.name(), new ConcurrencyLimit(entry.name(), 1));
      readers
          .values()
          .read(
              entry.value(),
              ValueType.Scalar.INTEGER,
              Key.Presence.OPTIONAL,
              entry.name(),
              top.place().in("limits"))
          .map(Long.class::cast)
          .ifPresent(
              atMost -> {
                if (atMost < 1 || atMost > MOST) {
                  readers
                      .problems()
                      .error(
                          entry.value().origin(),
                          "limit \"%s\" is from 1 to %d, and not %d"
                              .formatted(entry.name(), MOST, atMost));
                } else {
                  limits.put(entry.name(), new ConcurrencyLimit(entry.name(), atMost.intValue()));
                }
              });
    }
    return new LimitReader(limits, readers.problems());
  }

  /** Returns the limit that a job names. */
  Optional<ConcurrencyLimit> ofJob(Section job) {
    Optional<String> name = job.has("limit") ? job.text("limit") : Optional.empty();
    if (name.isPresent() && !limits.containsKey(name.get())) {
      problems.error(
          job.valueOrigin("limit"),
          "there is no limit \"%s\"%s"
              .formatted(
                  name.get(),
                  NearestName.of(name.get(), List.copyOf(limits.keySet()))
                      .map(near -> "; did you mean \"" + near + "\"?")
                      .orElse("; define it beside \"jobs\": limits: { " + name.get() + ": 1 }")));
    }
    return name.map(limits::get);
  }
}
