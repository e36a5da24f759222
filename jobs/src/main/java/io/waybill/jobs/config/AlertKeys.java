package io.waybill.jobs.config;

import static io.waybill.jobs.ValueType.Scalar.ADDRESS;
import static io.waybill.jobs.ValueType.Scalar.CONNECTION;
import static io.waybill.jobs.ValueType.Scalar.DURATION;
import static io.waybill.jobs.ValueType.Scalar.FILE;
import static io.waybill.jobs.ValueType.Scalar.INTEGER;
import static io.waybill.jobs.ValueType.Scalar.TEXT;

import io.waybill.jobs.Key;
import io.waybill.jobs.ValueType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The keys of who hears of what, and on which way. */
final class AlertKeys {
  private static final ValueType REACTION = new ValueType.OneOf(List.of("off", "warn", "fail"));

  private static final List<Key> MAIL =
      List.of(
          type("mail"),
          Key.required("via", CONNECTION, "The smtp connection.").withExample("outgoing"),
          Key.required("to", new ValueType.ListOf(ADDRESS, 1), "Who gets it."),
          Key.optional("from", ADDRESS, "Its author, else the connection's."));

  private static final List<Key> WEBHOOK =
      List.of(
          type("webhook"),
          Key.textOrSecret(
                  "url",
                  "Where it is posted to; a secret where who knows it may post, as with chat services.")
              .withExample("\"${secrets.ops-chat}\""),
          Key.optional(
              "format",
              new ValueType.OneOf(List.of("generic", "slack", "teams", "mattermost")),
              "generic",
              "Who reads it: a chat service, or a program, which gets waybill.alert/1."),
          Key.optional(
                  "template",
                  FILE,
                  "The JSON that is posted instead of waybill.alert/1, with ${alert.subject}, text, kind, job, run, id and at in its texts.")
              .withExample("templates/alert.json"),
          Key.optional("headers", new ValueType.MapOf(TEXT), "Headers of the request, by name.")
              .withExample("{ X-Team: ops }"),
          Key.secrets("secret-headers", "Headers that are secrets, by name."));

  private static final List<Key> COMMAND =
      List.of(
          type("command"),
          Key.required(
                  "command",
                  new ValueType.ListOf(TEXT, 1),
                  "The program and its arguments; no shell. It reads waybill.alert/1 from its standard input.")
              .withExample("[/usr/local/bin/notify-ops, --urgent]"),
          Key.optional("env", new ValueType.MapOf(TEXT), "Variables of its environment, by name.")
              .withExample("{ LC_ALL: C }"),
          Key.secrets("secret-env", "Variables that are secrets, by name."),
          Key.optional("timeout", DURATION, "30s", "How long it may take; at most 10m."));

  static final Key DUE =
      Key.optional(
              "due",
              new ValueType.AnyOf(
                  List.of(
                      TEXT,
                      new ValueType.Group(
                          List.of(
                              Key.optional("by", TEXT, "The time of day.").withExample("\"06:00\""),
                              Key.optional("within", DURATION, "The time since the last success.")
                                  .withExample("26h"),
                              Key.optional(
                                      "calendar", TEXT, "The calendar that says which days count.")
                                  .withExample("bank-days")),
                          List.of("by", "within")))),
              "By when it must have succeeded, else those of notify.overdue hear of it: a time of day, on each day on which it is scheduled, or a time since the last success.")
          .withExample("\"06:00\"");

  /** What a job and {@code defaults} both say of it. */
  static final List<Key> POLICIES =
      List.of(
          Key.optional(
              "notify",
              new ValueType.Group(
                  List.of(
                      Key.optional(
                          "failure",
                          new ValueType.Group(
                              List.of(
                                  to(
                                      "Who hears of failed runs; none that was started by hand is told."),
                                  Key.optional(
                                      "after", INTEGER, "1", "From which failure on it is told."),
                                  Key.optional(
                                          "within",
                                          DURATION,
                                          "The time in which so many count; else those without a success between them.")
                                      .withExample("20m"),
                                  Key.optional(
                                          "repeat-every",
                                          DURATION,
                                          "How often it is told again while it goes on; else once.")
                                      .withExample("24h"))),
                          "Runs that fail."),
                      event("recovery", "The first success after a failure that was told."),
                      event(
                          "overdue",
                          "The run that did not succeed by its due time, or never began."),
                      event(
                          "quiet",
                          "The source of a trigger has gone silent; if absent, those of overdue hear of it."),
                      event("anomaly", "A run that is unlike the ones before."))),
              "Who hears of what it does; each part that is absent is as in defaults, and an empty list is nobody."),
          Key.optional(
                  "anomalies",
                  new ValueType.Group(
                      List.of(
                          Key.optional(
                              "duration",
                              REACTION,
                              "off",
                              "How long it was at work, without waits for the next attempt."),
                          Key.optional(
                              "bytes",
                              REACTION,
                              "off",
                              "How much it has moved; less than usual is unusual, too."),
                          Key.optional(
                              "files",
                              REACTION,
                              "off",
                              "How many files it has copied, moved, made or deleted."),
                          Key.optional(
                              "latency",
                              REACTION,
                              "off",
                              "The longest that something took that its checks looked at."),
                          Key.optional(
                              "min-runs",
                              INTEGER,
                              "10",
                              "How many earlier runs it takes to tell; at most 100."))),
                  "Whether a run warns, or fails before its hooks, that is unlike the job's runs before: further from their median than half of it and than five deviations. Runs that were started by hand are neither compared nor counted.")
              .withExample("{ bytes: warn, files: fail }"));

  private AlertKeys() {}

  /** Returns the keys of a channel, by its type. */
  static Map<String, List<Key>> byType() {
    Map<String, List<Key>> types = new LinkedHashMap<>();
    types.put("mail", MAIL);
    types.put("webhook", WEBHOOK);
    types.put("command", COMMAND);
    return types;
  }

  private static Key type(String word) {
    return Key.required(
        "type",
        new ValueType.OneOf(List.of(word)),
        "On which way it goes: mail, webhook, command.");
  }

  private static Key event(String name, String doc) {
    return Key.optional(
        name, new ValueType.Group(List.of(to("Who hears of it, by names of alerts."))), doc);
  }

  private static Key to(String doc) {
    return Key.required("to", new ValueType.ListOf(TEXT), doc).withExample("[ops-mail]");
  }
}
