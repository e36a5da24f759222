package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.mail.MailException;
import io.waybill.mail.inbox.MailSearch;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which messages are meant, as options say it; all must hold. */
final class MailSearchOptions {
  @Option(
      names = "--from",
      paramLabel = "TEXT",
      description = "Of authors with this in name or address.")
  private @Nullable String from;

  @Option(
      names = "--to",
      paramLabel = "TEXT",
      description = "To recipients, also of copies, with this in name or address.")
  private @Nullable String to;

  @Option(
      names = {"-s", "--subject"},
      paramLabel = "TEXT",
      description = "With this in the subject.")
  private @Nullable String subject;

  @Option(names = "--message-id", paramLabel = "ID", description = "With exactly this Message-ID.")
  private @Nullable String messageId;

  @Option(
      names = "--since",
      paramLabel = "DAY",
      description = "That came on this day, as 2026-01-31, or later.")
  private @Nullable String since;

  @Option(names = "--before", paramLabel = "DAY", description = "That came before this day.")
  private @Nullable String before;

  @Option(names = "--larger", paramLabel = "SIZE", description = "Larger than this, as 5MB.")
  private @Nullable String larger;

  @Option(names = "--unseen", description = "That nobody has read.")
  private boolean unseen;

  @Option(names = "--has-attachment", description = "With something attached.")
  private boolean hasAttachment;

  /** Returns the search. */
  MailSearch search() {
    MailSearch.Builder search = MailSearch.builder();
    try {
      if (from != null) {
        search.from(from);
      }
      if (to != null) {
        search.to(to);
      }
      if (subject != null) {
        search.subject(subject);
      }
      if (messageId != null) {
        search.messageId(messageId);
      }
    } catch (MailException.InvalidMessage e) {
      throw new JobException.Configuration("what is looked for: " + e.getMessage(), e);
    }
    if (since != null) {
      search.since(day("--since", since));
    }
    if (before != null) {
      search.before(day("--before", before));
    }
    if (larger != null) {
      search.largerThan(CopyOptions.bytes("--larger", larger));
    }
    if (unseen) {
      search.unseen();
    }
    if (hasAttachment) {
      search.withAttachment();
    }
    return search.build();
  }

  /** Returns whether every message is meant. */
  boolean isEmpty() {
    return !unseen
        && !hasAttachment
        && Stream.of(from, to, subject, messageId, since, before, larger).allMatch(Objects::isNull);
  }

  private static LocalDate day(String option, String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      throw new JobException.Configuration(option + " takes a day, as 2026-01-31, and not " + text);
    }
  }
}
