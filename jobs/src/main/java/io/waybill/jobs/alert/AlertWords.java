package io.waybill.jobs.alert;

import io.waybill.jobs.Alert;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.NotifyPolicy.FailureRule;
import io.waybill.jobs.expression.DurationWords;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a person is told, in the job's zone. */
final class AlertWords {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss z", Locale.ROOT);

  private final String job;
  private final ZoneId zone;

  AlertWords(JobDefinition job) {
    this.job = job.name();
    this.zone = job.zone();
  }

  private String at(Instant moment) {
    return TIME.format(moment.atZone(zone));
  }

  /** Says how a run has ended that is not well. */
  Alert.Words failed(Run run, FailureState state, FailureRule rule) {
    List<String> lines = new ArrayList<>();
    lines.add(ended(run));
    if (state.failures().count() > 1 || rule.after() > 1) {
      lines.add(
          rule.within()
              .map(
                  within ->
                      "That makes %d failures within %s."
                          .formatted(state.failures().recent().size(), DurationWords.of(within)))
              .orElse("That makes %d failures in a row.".formatted(state.failures().count())));
    }
    lines.add(log(run));
    return new Alert.Words("%s %s".formatted(job, how(run.state())), lines(lines));
  }

  private String ended(Run run) {
    String message = run.message().isBlank() ? "" : ": " + run.message();
    return "Run %s of %s %s at %s%s"
        .formatted(
            run.id(), job, how(run.state()), at(run.endedAt().orElse(run.createdAt())), message);
  }

  private static String log(Run run) {
    return "\"waybill logs %s\" shows what it did.".formatted(run.id());
  }

  private static String how(RunState state) {
    return switch (state) {
      case SUCCEEDED -> "succeeded";
      case PARTIAL -> "did a part of its items, and others failed";
      case TIMED_OUT -> "took too long";
      case UNKNOWN -> "ended, and nobody knows whether it took effect";
      default -> "failed";
    };
  }

  /** Says that it still fails. */
  Alert.Words reminder(FailureState state) {
    return new Alert.Words(
        "%s still fails".formatted(job),
        lines(
            List.of(
                "It fails since %s, %d times until now."
                    .formatted(since(state), state.failures().count()),
                lastRun(state))));
  }

  private String since(FailureState state) {
    return state.since().map(this::at).orElse("some time");
  }

  private static String lastRun(FailureState state) {
    return state.failures().lastRun().isEmpty()
        ? "Its runs are listed by \"waybill runs\"."
        : "The last run that failed is %1$s: \"waybill logs %1$s\" shows what it did."
            .formatted(state.failures().lastRun());
  }

  /** Says that it changes all the time. */
  Alert.Words flapping(Run run) {
    return new Alert.Words(
        "%s fails and succeeds by turns".formatted(job),
        lines(
            List.of(
                "It has changed %d times within %s; nothing more is told until it has stayed as it is for %s."
                    .formatted(
                        FailureRules.MANY,
                        DurationWords.of(FailureRules.FLAPPING),
                        DurationWords.of(FailureRules.STEADY)),
                ended(run),
                log(run))));
  }

  /** Says how it stands after that. */
  Alert.Words steady(FailureState state) {
    boolean isFailing = state.phase().isFailing();
    return new Alert.Words(
        "%s changes no more: it %s".formatted(job, isFailing ? "fails" : "is well"),
        lines(
            List.of(
                "It has stayed as it is for %s.".formatted(DurationWords.of(FailureRules.STEADY)),
                isFailing ? lastRun(state) : "Each failure is told again.")));
  }

  /** Says that troubles are over. */
  Alert.Words recovered(Run run, List<String> over) {
    return new Alert.Words(
        "%s is well again".formatted(job),
        lines(List.of(ended(run), "That ends: " + String.join("; ", over) + ".")));
  }

  /** Names a trouble that is over. */
  String over(FailureState before) {
    return "it failed since " + since(before);
  }

  /** Names a success that was missing. */
  String over(Silence before) {
    return before.told().map(at -> "it was overdue since " + at(at)).orElse("it was overdue");
  }

  /** Says that a success was there, of which no run's end has told. */
  Alert.Words over(Optional<Instant> overdueSince) {
    return new Alert.Words(
        "%s is well again".formatted(job),
        "A run has succeeded; it was overdue since %s."
            .formatted(overdueSince.map(this::at).orElse("some time")));
  }

  /** Says that no run has succeeded by a time. */
  Alert.Words overdue(SilenceRules.Missed missed) {
    return new Alert.Words(
        "%s is overdue".formatted(job),
        missed
            .late()
            .map(
                late ->
                    "No run had succeeded by %s; one did at %s, too late."
                        .formatted(at(missed.by()), at(late)))
            .orElse(
                "No run had succeeded by %s, or none has begun. \"waybill runs\" lists what ran, \"waybill next %s\" what is going to."
                    .formatted(at(missed.by()), job)));
  }

  /** Says that nothing comes from a source. */
  Alert.Words quiet(String source, Duration length, Instant last) {
    return new Alert.Words(
        "nothing new for %s".formatted(job),
        "Nothing has come from %s since %s, and that is longer than %s."
            .formatted(source, at(last), DurationWords.of(length)));
  }

  /** Says that something comes again. */
  Alert.Words arrived(String source, Instant at) {
    return new Alert.Words(
        "something new for %s again".formatted(job),
        "Something came from %s at %s.".formatted(source, at(at)));
  }

  /** Says what is unlike before. */
  Alert.Words anomaly(Run run, String text) {
    return new Alert.Words(
        "a run of %s is unlike those before it".formatted(job),
        lines(List.of("Run %s: %s".formatted(run.id(), text), log(run))));
  }

  private static String lines(List<String> lines) {
    return String.join("\n", lines);
  }
}
