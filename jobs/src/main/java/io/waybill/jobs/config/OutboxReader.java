package io.waybill.jobs.config;

import io.waybill.jobs.Configuration.Outbox;
import io.waybill.mail.UnknownPolicy;
import io.waybill.mail.outbox.OutboxSettings;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** Reads how much mail may wait, how long it is tried and kept. */
final class OutboxReader {
  private final Section section;
  private final CheckedKeys keys;

  OutboxReader(Section section, Problems problems) {
    this.section = section;
    this.keys = new CheckedKeys(section, problems);
  }

  /** Reads it; empty if something is wrong. */
  Optional<Outbox> read() {
    Optional<Long> messages = section.integer("messages");
    Optional<Long> bytes = section.value("size").map(Long.class::cast);
    Optional<Duration> expire = section.duration("expire");
    Optional<Duration> content = section.duration("keep-content");
    Optional<Duration> record = section.duration("keep-record");
    Optional<UnknownPolicy> unknown = section.text("unknown").map(OutboxReader::policy);
    messages.ifPresent(
        number ->
            check(
                "messages",
                number >= 1 && number <= Integer.MAX_VALUE,
                " is at least 1, and not " + number));
    bytes.ifPresent(size -> check("size", size >= 1, " is at least 1 byte"));
    expire.ifPresent(
        time ->
            check(
                "expire",
                time.toMillis() > 0 && time.compareTo(OutboxSettings.LONGEST_EXPIRY) <= 0,
                " is longer than nothing and at most 5d"));
    if (content.isPresent() && record.isPresent()) {
      check(
          section.has("keep-record") ? "keep-record" : "keep-content",
          record.get().compareTo(content.get()) >= 0,
          ": the record is kept at least as long as the content");
    }
    boolean isThere =
        messages.isPresent()
            && bytes.isPresent()
            && expire.isPresent()
            && content.isPresent()
            && record.isPresent()
            && unknown.isPresent();
    return isThere && keys.isRight()
        ? Optional.of(
            new Outbox(
                messages.get().intValue(),
                bytes.get(),
                expire.get(),
                content.get(),
                record.get(),
                unknown.get()))
        : Optional.empty();
  }

  private static UnknownPolicy policy(String word) {
    return UnknownPolicy.valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  private void check(String key, boolean holds, String rule) {
    if (!holds) {
      keys.wrong(key, "\"" + key + "\"" + rule);
    }
  }
}
