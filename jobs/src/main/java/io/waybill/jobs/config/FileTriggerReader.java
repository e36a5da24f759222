package io.waybill.jobs.config;

import io.waybill.jobs.TextMatch;
import io.waybill.jobs.Trigger;
import io.waybill.transfer.file.PathFilter;
import io.waybill.transfer.file.SettledFiles;
import java.nio.file.InvalidPathException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a trigger of files that arrive. */
final class FileTriggerReader {
  private static final Duration USUAL_SETTLE = Duration.ofSeconds(5);
  private static final Pattern OF_A_CONNECTION =
      Pattern.compile("([A-Za-z][A-Za-z0-9_-]+):(?!//).*", Pattern.DOTALL);
  private static final Pattern A_URI =
      Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://.*", Pattern.DOTALL);
  private static final List<String> MAIL_TYPES = List.of("imap", "smtp");

  private final CheckedKeys keys;
  private final Section section;
  private final TriggerReader triggers;

  FileTriggerReader(Section section, TriggerReader triggers) {
    this.section = section;
    this.triggers = triggers;
    keys = new CheckedKeys(section, triggers.problems());
  }

  /** Reads it; empty if something is wrong. */
  Optional<Trigger> read() {
    Optional<String> directory = keys.told("dir", section::text);
    directory.ifPresent(this::requireDirectory);
    directory = directory.map(this::seenFromTheFile);
    Optional<Trigger.FileChoice> choice = choice();
    Optional<Trigger.Finished> finished = finished();
    Optional<Trigger.Intake> intake = triggers.intake(keys);
    Optional<Trigger.Quiet> quiet = triggers.quiet(section);
    return keys.isRight()
            && directory.isPresent()
            && choice.isPresent()
            && finished.isPresent()
            && intake.isPresent()
        ? Optional.of(
            new Trigger.FilesArrive(
                directory.get(), choice.get(), finished.get(), intake.get(), quiet))
        : Optional.empty();
  }

  private void requireDirectory(String text) {
    Matcher named = OF_A_CONNECTION.matcher(text);
    String type =
        named.matches()
            ? section.place().definitions().connections().getOrDefault(named.group(1), "")
            : "";
    if (MAIL_TYPES.contains(type)) {
      keys.wrong(
          "dir",
          "connection \"%s\" is of type %s and has no files".formatted(named.group(1), type));
    } else if (text.indexOf('*') >= 0) {
      keys.wrong(
          "dir",
          "\"dir\" is one directory, and no pattern: \"%s\"; say with \"match\" which of its files count"
              .formatted(text));
    }
  }

  private String seenFromTheFile(String directory) {
    boolean isRelative =
        !directory.startsWith("/")
            && !OF_A_CONNECTION.matcher(directory).matches()
            && !A_URI.matcher(directory).matches();
    try {
      return isRelative
          ? section.valueOrigin("dir").position().resolve(directory).normalize().toString()
          : directory;
    } catch (InvalidPathException e) {
      keys.wrong("dir", "\"dir\" is no path of this machine: \"%s\"".formatted(directory));
      return directory;
    }
  }

  private Optional<Trigger.FileChoice> choice() {
    Optional<TextMatch> match = new MatchReader(keys).read("match");
    Optional<List<String>> exclude = keys.told("exclude", section::texts);
    Optional<Boolean> recursive = section.flag("recursive");
    Optional<String> order = section.text("order");
    if (match.orElse(null) instanceof TextMatch.Patterns patterns) {
      requirePatterns("match", patterns.patterns());
    }
    exclude.ifPresent(patterns -> requirePatterns("exclude", patterns));
    return recursive.isPresent() && order.isPresent()
        ? Optional.of(
            new Trigger.FileChoice(
                match,
                exclude.orElse(List.of()),
                recursive.get(),
                Trigger.Order.valueOf(order.get().toUpperCase(Locale.ROOT))))
        : Optional.empty();
  }

  private void requirePatterns(String key, List<String> patterns) {
    try {
      PathFilter unused = PathFilter.of(patterns, List.of());
    } catch (IllegalArgumentException e) {
      keys.wrong(key, "\"%s\": %s".formatted(key, e.getMessage()));
    }
  }

  private Optional<Trigger.Finished> finished() {
    Optional<String> doneFile = keys.told("done-file", section::text);
    Optional<Duration> settle =
        keys.told(
            "settle",
            key -> TriggerReader.within(keys, key, Duration.ZERO, Duration.ofDays(1), "0s to 1d"));
    doneFile.ifPresent(this::requireDoneFile);
    if (!keys.isRight()) {
      return Optional.empty();
    }
    boolean isUsual = settle.isEmpty() && doneFile.isEmpty();
    return Optional.of(
        new Trigger.Finished(isUsual ? Optional.of(USUAL_SETTLE) : settle, doneFile));
  }

  private void requireDoneFile(String name) {
    try {
      if (name.contains("/")) {
        keys.wrong(
            "done-file", "\"done-file\" is a name beside the file, and no path: \"" + name + "\"");
      }
      SettledFiles unused = new SettledFiles(Duration.ZERO, name, List.of());
    } catch (IllegalArgumentException e) {
      keys.wrong(
          "done-file",
          "\"done-file\" is made from one {name} and something else, and not \"%s\"; write {name}.done"
              .formatted(name));
    }
  }
}
