package io.waybill.jobs.config;

import io.waybill.jobs.TextMatch;
import io.waybill.jobs.Trigger;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads a trigger of mail that arrives. */
final class MailTriggerReader {
  private static final List<String> FLAGS = List.of("true", "false");

  private final CheckedKeys keys;
  private final Section section;
  private final TriggerReader triggers;

  MailTriggerReader(Section section, TriggerReader triggers) {
    this.section = section;
    this.triggers = triggers;
    keys = new CheckedKeys(section, triggers.problems());
  }

  /** Reads it; empty if something is wrong. */
  Optional<Trigger> read() {
    Optional<Trigger.Folder> folder =
        keys.told("mailbox", section::text).map(MailTriggerReader::folder);
    Optional<Trigger.MailChoice> choice = choice();
    Optional<String> watch = section.text("watch");
    Optional<String> start = section.text("start-from");
    Optional<Trigger.Intake> intake = triggers.intake(keys);
    Optional<Trigger.Quiet> quiet = triggers.quiet(section);
    if (!keys.isRight()
        || folder.isEmpty()
        || choice.isEmpty()
        || watch.isEmpty()
        || start.isEmpty()
        || intake.isEmpty()) {
      return Optional.empty();
    }
    Trigger.Watching watching =
        new Trigger.Watching(
            watch.get().equals("idle"),
            Trigger.Start.valueOf(start.get().toUpperCase(Locale.ROOT)));
    return Optional.of(
        new Trigger.MailArrives(folder.get(), choice.get(), watching, intake.get(), quiet));
  }

  private static Trigger.Folder folder(String mailbox) {
    int colon = mailbox.indexOf(':');
    return colon < 0
        ? new Trigger.Folder(mailbox, "INBOX")
        : new Trigger.Folder(mailbox.substring(0, colon), mailbox.substring(colon + 1));
  }

  private Optional<Trigger.MailChoice> choice() {
    Optional<Section> match = section.section("match", LaterKeys.none());
    if (match.isEmpty()) {
      return section.has("match")
          ? Optional.empty()
          : Optional.of(
              new Trigger.MailChoice(
                  Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()));
    }
    CheckedKeys conditions = new CheckedKeys(match.get(), triggers.problems());
    MatchReader reader = new MatchReader(conditions);
    Trigger.MailChoice choice =
        new Trigger.MailChoice(
            reader.read("subject"),
            reader.read("from"),
            reader.read("to"),
            reader.read("has-attachment"));
    if (choice.attachment().orElse(null) instanceof TextMatch.Patterns names
        && FLAGS.containsAll(names.patterns())) {
      conditions.wrong(
          "has-attachment",
          "\"has-attachment\" is a pattern of an attachment's name, and not true or false; write \"*\" for any");
    }
    return conditions.isRight() ? Optional.of(choice) : Optional.empty();
  }
}
