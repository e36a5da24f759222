package io.waybill.jobs.config;

import io.waybill.jobs.Trigger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads what starts a job besides its schedules. */
final class TriggerReader {
  private final Problems problems;
  private final CalendarNames calendars;
  private final JobChain chain;

  /**
   * Prepares.
   *
   * @param chain is told which job starts which
   */
  TriggerReader(CalendarNames calendars, JobChain chain, Problems problems) {
    this.calendars = calendars;
    this.chain = chain;
    this.problems = problems;
  }

  /**
   * Reads the triggers of a job.
   *
   * @param name of the job
   */
  List<Trigger> read(Section job, String name) {
    List<Trigger> triggers = new ArrayList<>();
    Optional<YamlNode> node = job.node("trigger");
    if (node.isPresent() && StepIds.elements(node.get()).isEmpty()) {
      problems.error(
          node.get().origin(),
          "\"trigger\" is an empty list: say what starts the job, or leave the key out");
    }
    Set<String> places = new HashSet<>();
    for (Section section : job.sections("trigger", LaterKeys.TRIGGER)) {
      one(section, name)
          .ifPresent(
              trigger -> {
                if (place(trigger).filter(place -> !places.add(place)).isPresent()) {
                  problems.error(
                      section.origin(),
                      "job \"%s\" has another trigger that looks there, too; one trigger takes several patterns"
                          .formatted(name));
                }
                triggers.add(trigger);
              });
    }
    return triggers;
  }

  private static Optional<String> place(Trigger trigger) {
    if (trigger instanceof Trigger.FilesArrive files) {
      return Optional.of("files " + files.directory());
    }
    return trigger instanceof Trigger.MailArrives mail
        ? Optional.of("mail " + mail.folder())
        : Optional.empty();
  }

  private Optional<Trigger> one(Section section, String name) {
    List<String> kinds = TriggerKeys.TRIGGER.choice();
    List<String> given = kinds.stream().filter(section::has).toList();
    if (given.size() != 1) {
      if (given.isEmpty() && !section.hasOnlyKnownKeys()) {
        return Optional.empty(); // the unknown one was told, and is the kind most likely
      }
      problems.error(
          given.isEmpty() ? section.origin() : section.origin(given.get(1)),
          "a trigger has exactly one of " + String.join(", ", kinds) + "; several make a list");
      return Optional.empty();
    }
    String kind = given.get(0);
    return section
        .section(kind, LaterKeys.none())
        .flatMap(
            inner ->
                switch (kind) {
                  case "files" -> new FileTriggerReader(inner, this).read();
                  case "mail" -> new MailTriggerReader(inner, this).read();
                  default -> job(inner, name);
                });
  }

  private Optional<Trigger> job(Section section, String name) {
    Optional<String> other = section.text("name");
    Optional<List<String>> when = section.texts("when");
    if (other.isEmpty() || when.isEmpty()) {
      return Optional.empty();
    }
    if (when.get().isEmpty()) {
      problems.error(section.valueOrigin("when"), "\"when\" is an empty list: no end would count");
      return Optional.empty();
    }
    chain.add(other.get(), name, section.valueOrigin("name"));
    Set<Trigger.Outcome> outcomes =
        when.get().stream()
            .map(word -> Trigger.Outcome.valueOf(word.toUpperCase(Locale.ROOT)))
            .collect(Collectors.toSet());
    return Optional.of(new Trigger.JobEnds(other.get(), outcomes));
  }

  Problems problems() {
    return problems;
  }

  /** Reads how items are taken in; empty if something is wrong. */
  Optional<Trigger.Intake> intake(CheckedKeys keys) {
    Optional<Duration> poll =
        within(keys, "poll-every", Duration.ofSeconds(1), Duration.ofDays(1), "1s to 1d");
    Optional<Integer> batch = within(keys, "batch", 10_000);
    Optional<Integer> quarantine = within(keys, "quarantine-after", 1_000);
    return poll.isPresent() && batch.isPresent() && quarantine.isPresent()
        ? Optional.of(new Trigger.Intake(poll.get(), batch.get(), quarantine.get()))
        : Optional.empty();
  }

  /** Reads a number from 1 on; empty if it is wrong. */
  static Optional<Integer> within(CheckedKeys keys, String key, int most) {
    Optional<Long> number = keys.section().integer(key);
    if (number.isPresent() && (number.get() < 1 || number.get() > most)) {
      keys.wrong(key, "\"%s\" is from 1 to %d, and not %d".formatted(key, most, number.get()));
      return Optional.empty();
    }
    return number.map(Long::intValue);
  }

  /** Reads a duration; empty if it is wrong. */
  static Optional<Duration> within(
      CheckedKeys keys, String key, Duration least, Duration most, String inWords) {
    Optional<Duration> duration = keys.section().duration(key);
    if (duration.isPresent()
        && (duration.get().compareTo(least) < 0 || duration.get().compareTo(most) > 0)) {
      keys.wrong(key, "\"%s\" is from %s".formatted(key, inWords));
      return Optional.empty();
    }
    return duration;
  }

  /** Reads when it is told that nothing arrives. */
  Optional<Trigger.Quiet> quiet(Section trigger) {
    return trigger
        .section("quiet", LaterKeys.none())
        .flatMap(
            section ->
                within(
                        new CheckedKeys(section, problems),
                        "alert-after",
                        Duration.ofMinutes(1),
                        Duration.ofDays(366),
                        "1m to 366d")
                    .map(length -> new Trigger.Quiet(length, calendars.read(section, "during"))));
  }
}
