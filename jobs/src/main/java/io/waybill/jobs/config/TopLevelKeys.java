package io.waybill.jobs.config;

import static io.waybill.jobs.ValueType.Scalar.DURATION;
import static io.waybill.jobs.ValueType.Scalar.INTEGER;
import static io.waybill.jobs.ValueType.Scalar.SIZE;
import static io.waybill.jobs.ValueType.Scalar.TEXT;

import io.waybill.jobs.Key;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueType;
import java.util.List;

/** The keys at the margin of a job file, and of those among them that belong to no job. */
public final class TopLevelKeys {
  static final ValueType.Group STORE =
      new ValueType.Group(
          List.of(
              Key.required("url", TEXT, "The JDBC address, without a password in it.")
                  .withExample("\"jdbc:postgresql://db.acme.example/waybill\""),
              Key.optional("user", TEXT, "Who logs in.").withExample("waybill"),
              Key.secret("password", "What proves it.")));

  static final ValueType.Group OUTBOX =
      new ValueType.Group(
          List.of(
              Key.optional("messages", INTEGER, "100000", "How many may wait."),
              Key.optional("size", SIZE, "10GiB", "How much they may be together."),
              Key.optional(
                  "expire",
                  DURATION,
                  "24h",
                  "How long one is tried that says nothing else; at most 5d."),
              Key.optional(
                  "keep-content", DURATION, "1d", "How long its bytes are kept when it is done."),
              Key.optional(
                  "keep-record", DURATION, "30d", "How long its record is kept; no shorter."),
              Key.optional(
                  "unknown",
                  new ValueType.OneOf(List.of("ask", "resend", "look-then-resend")),
                  "ask",
                  "What becomes of one that may or may not have been accepted: it waits for outbox resolve, goes out again as it is, or does so if the Sent folder of sent-copy does not hold it.")));

  static final ValueType.Group DAEMON =
      new ValueType.Group(
          List.of(
              Key.optional(
                  "store",
                  new ValueType.AnyOf(List.of(new ValueType.OneOf(List.of("h2")), STORE)),
                  "h2",
                  "Where runs are kept: h2 in the state directory, or another database."),
              Key.optional(
                      "node",
                      TEXT,
                      "This node's name among those that share a store, else the host's; --node goes before it.")
                  .withExample("node-a"),
              Key.optional(
                  "check-in",
                  DURATION,
                  "5s",
                  "How often nodes that share a store say that they live; one that does not is taken for dead 3 s later."),
              Key.optional(
                  "threads",
                  INTEGER,
                  "20",
                  "How many runs may be at work on this node at the same time; what is due beyond them waits, and is missed if that takes longer than a minute."),
              Key.optional(
                      "rate",
                      TEXT,
                      "How fast all connections together may be, each way, as \"rate\" of a connection; runs without a daemon keep to it, too.")
                  .withExample("10MiB/s"),
              Key.optional(
                  "outbox", OUTBOX, "Mail that waits; runs without a daemon keep to it, too."),
              Key.optional(
                      "heartbeat",
                      new ValueType.Group(
                          List.of(
                              Key.textOrSecret(
                                      "url",
                                      "What is asked for with GET; a secret where who knows it may do that.")
                                  .withExample("\"${secrets.heartbeat-url}\""),
                              Key.optional("every", DURATION, "5m", "How often; from 10s to 1d."))),
                      "Who outside is given a sign of life while the daemon is well: its scheduler fires, its store can be reached.")
                  .withExample("{ url: \"https://hc.example/ping/abc\", every: 5m }"),
              Key.optional(
                  "audit",
                  new ValueType.Group(
                      List.of(Key.optional("keep", DURATION, "730d", "How long; at least 1d."))),
                  "How long it is remembered who did what."),
              Key.optional(
                  "http",
                  new ValueType.Group(
                      List.of(
                          Key.optional(
                              "listen",
                              TEXT,
                              "127.0.0.1:0",
                              "Loopback address and port; port 0 takes a free one."))),
                  "Where the daemon can be reached.")));

  static final ValueType.Group SECRET =
      new ValueType.Group(
          List.of(
              Key.optional("env", TEXT, "The environment variable that holds it.")
                  .withExample("BANK_FTP_PASSWORD"),
              Key.optional("file", TEXT, "The file that holds it, as seen from the job file.")
                  .withExample("/run/secrets/imap_pass"),
              Key.optional(
                      "command",
                      new ValueType.ListOf(TEXT),
                      "The program that prints it, and its arguments; no shell.")
                  .withExample("[pass, show, waybill/hub]"),
              Key.optional("timeout", DURATION, "10s", "How long the program may take."),
              Key.optional(
                      "keystore",
                      TEXT,
                      "Its name in the keystore, where \"waybill secret set\" puts it.")
                  .withExample("bank-password"),
              Key.optional(
                      "store",
                      TEXT,
                      "The keystore's file, as seen from the job file; else that in the state"
                          + " directory.")
                  .withExample("/etc/waybill/secrets.keystore")),
          List.of("env", "file", "command", "keystore"));

  static final ValueType.Group CALENDAR =
      new ValueType.Group(
          List.of(
              Key.optional(
                  "weekdays",
                  new ValueType.ListOf(new ValueType.OneOf(CalendarReader.WEEKDAYS)),
                  "Days of the week that count; else all."),
              Key.optional(
                      "exclude",
                      new ValueType.ListOf(TEXT),
                      "Days that do not: 12-25 of each year, 2027-03-26.")
                  .withExample("[12-25, 2027-03-26]"),
              Key.optional(
                      "ics",
                      new ValueType.ListOf(TEXT),
                      "iCalendar files, as seen from the job file; days with events do not count.")
                  .withExample("holidays.ics")));

  private TopLevelKeys() {}

  /** Returns the keys of a job file whose steps are of these kinds. */
  public static List<Key> all(List<? extends StepType<?>> kinds) {
    List<ValueType> connections =
        ConnectionKeys.byType().values().stream().<ValueType>map(ValueType.Group::new).toList();
    return List.of(
        Key.required("version", new ValueType.OneOf(List.of("1")), "The version of the language."),
        Key.required(
                "timezone", TEXT, "The IANA zone of all schedules that name none: Europe/Paris.")
            .withExample("Europe/Paris"),
        Key.optional("daemon", DAEMON, "How the daemon runs."),
        Key.optional("vars", new ValueType.MapOf(TEXT), "Texts that ${vars.NAME} reads.")
            .withExample("{ inbox: /srv/waybill/in }"),
        Key.optional(
                "secrets",
                new ValueType.MapOf(SECRET),
                "Where secrets are had; never their values.")
            .withExample("{ bank-password: { env: BANK_FTP_PASSWORD } }"),
        Key.optional(
            "connections",
            new ValueType.MapOf(new ValueType.AnyOf(connections)),
            "Named accounts and sites."),
        Key.optional(
            "calendars",
            new ValueType.MapOf(CALENDAR),
            "Which days count, by the calendar's name."),
        Key.optional("alerts", alerts(), "The ways on which somebody hears of trouble, by name."),
        Key.optional(
                "limits",
                new ValueType.MapOf(INTEGER),
                "How many runs may be at work at the same time, over all nodes, by the name that jobs give as limit.")
            .withExample("{ bank-ftp: 1 }"),
        Key.optional(
            "defaults",
            new ValueType.Group(JobKeys.policies()),
            "Policies of all jobs that have none of their own."),
        Key.optional(
                "jobs",
                new ValueType.MapOf(new ValueType.Group(JobKeys.job(kinds))),
                "The jobs by name.")
            .withExample(
                "{ a-name: { steps: [{ copy: { from: \"bank:/out/*.csv\", to: /srv/waybill/in/ } }] } }"));
  }

  private static ValueType alerts() {
    return new ValueType.MapOf(
        new ValueType.AnyOf(
            AlertKeys.byType().values().stream().<ValueType>map(ValueType.Group::new).toList()));
  }
}
