package io.waybill.jobs.config;

import io.waybill.jobs.AlertChannel;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.Connection;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.Key;
import io.waybill.jobs.Secret;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueKind;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.config.JobFileLoader.FileTree;
import io.waybill.jobs.expression.Filters;
import io.waybill.jobs.expression.Scope;
import io.waybill.mail.UnknownPolicy;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes a configuration of the trees of its files, in the order in which its parts refer to each
 * other.
 */
final class ConfigurationReader {
  private final List<StepType<?>> kinds;
  private final SecretSources sources;
  private final Map<String, Path> directories;
  private final Instant now;
  private final Problems problems;
  private final Section.Readers readers;
  private Map<String, Secret> secrets = Map.of();
  private List<Path> named = List.of();

  ConfigurationReader(
      List<StepType<?>> kinds,
      SecretSources sources,
      Map<String, Path> directories,
      Instant now,
      Problems problems) {
    this.kinds = kinds;
    this.sources = sources;
    this.directories = directories;
    this.now = now;
    this.problems = problems;
    ScalarReader scalars = new ScalarReader(Filters.standard(), problems);
    readers = new Section.Readers(new ValueReader(scalars, problems), problems);
  }

  /** Returns the secrets that were defined in what was read. */
  Map<String, Secret> secrets() {
    return Map.copyOf(secrets);
  }

  /** Returns the files that were read because what was read names them. */
  List<Path> named() {
    return named;
  }

  /** Reads; empty if there is a problem that leaves nothing to return. */
  Optional<Configuration> read(List<FileTree> files) {
    List<Key> keys = TopLevelKeys.all(kinds);
    Place place =
        new Place(
            "the job file",
            KnownNames.none(),
            Optional.of(Scope.of(ZoneOffset.UTC, Map.of())),
            Place.Definitions.NONE);
    return new FileMerger(keys, problems)
        .merge(files)
        .flatMap(
            root ->
                Section.open(
                    root,
                    root.origin(),
                    new ValueType.Group(keys),
                    LaterKeys.none(),
                    "file",
                    place,
                    readers))
        .flatMap(this::configuration);
  }

  private Optional<Configuration> configuration(Section top) {
    top.text("version");
    Optional<ZoneId> zone = top.text("timezone").flatMap(z -> Zones.read(z, top, problems));
    Map<String, String> vars = vars(top);
    secrets = new SecretReader(sources, directories, readers).read(top);
    Place place =
        new Place(
            "the job file",
            KnownNames.none().with("vars", vars.keySet(), ValueKind.TEXT),
            Optional.of(Scope.of(ZoneOffset.UTC, Map.of("vars", vars))),
            new Place.Definitions(secrets, ConnectionReader.typesIn(top)));
    Connections connections =
        Connections.of(new ConnectionReader(readers, zone.orElse(ZoneOffset.UTC)).read(top, place))
            .among(place.definitions().connections().keySet());
    Configuration.Daemon daemon =
        new DaemonReader(readers, zone.orElse(ZoneOffset.UTC)).read(top, place);
    List<AlertChannel> alerts = new AlertReader(directories, connections, readers).read(top, place);
    List<JobDefinition> jobs = jobs(top, place, connections, zone.orElse(ZoneOffset.UTC));
    lookers(daemon, connections, top);
    if (problems.hasErrors() || zone.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Configuration(
            zone.get(),
            daemon,
            new Configuration.Shared(vars, connections, alerts, List.copyOf(secrets.values())),
            jobs));
  }

  private List<JobDefinition> jobs(Section top, Place place, Connections connections, ZoneId zone) {
    LocalDate today = LocalDate.ofInstant(now, zone);
    CalendarReader reader = new CalendarReader(directories, readers, zone, today);
    CalendarNames calendars = new CalendarNames(reader.read(top), problems);
    named = reader.files();
    ScheduleReader schedules = new ScheduleReader(readers, calendars, now);
    LimitReader limits = LimitReader.read(top, readers);
    JobStartReader starts = new JobStartReader(schedules, calendars, top, readers);
    return new JobReader(kinds, connections, starts, limits, readers).read(top, place, zone);
  }

  /** Who is to look into a Sent folder must know which. */
  private void lookers(Configuration.Daemon daemon, Connections connections, Section top) {
    if (daemon.outbox().unknown() != UnknownPolicy.LOOK_THEN_RESEND) {
      return;
    }
    for (String name : connections.names()) {
      boolean isBlind =
          connections.find(name).orElseThrow() instanceof Connection.Outgoing outgoing
              && outgoing.submission().filing().isEmpty();
      if (isBlind) {
        problems.error(
            top.valueOrigin("daemon"),
            "\"outbox.unknown: look-then-resend\" looks into the folder of sent mail, and connection \""
                + name
                + "\" has none; give it \"sent-copy\", with \"when: never\" if the server files by itself");
      }
    }
  }

  private Map<String, String> vars(Section top) {
    Map<String, String> vars = new LinkedHashMap<>();
    for (YamlNode.Entry entry : Names.entries(top, "vars", readers)) {
      Names.check(entry, Names.PLAIN, "a variable", problems);
      // A wrong one keeps its name, so that those who use it are not blamed as well.
      vars.put(entry.name(), "");
      readers
          .values()
          .read(
              entry.value(),
              ValueType.Scalar.TEXT,
              Key.Presence.OPTIONAL,
              entry.name(),
              top.place().in("vars"))
          .ifPresent(text -> vars.put(entry.name(), (String) text));
    }
    return vars;
  }
}
