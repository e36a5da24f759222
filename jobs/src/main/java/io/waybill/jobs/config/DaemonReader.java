package io.waybill.jobs.config;

import io.waybill.jobs.AlertChannel;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.Configuration.Daemon;
import io.waybill.jobs.Configuration.Embedded;
import io.waybill.jobs.Configuration.Heartbeat;
import io.waybill.jobs.Configuration.Jdbc;
import io.waybill.jobs.Configuration.Listen;
import io.waybill.jobs.Configuration.Node;
import io.waybill.jobs.Configuration.Records;
import io.waybill.jobs.Configuration.Store;
import io.waybill.jobs.Connection;
import io.waybill.jobs.Secret;
import io.waybill.transfer.RateLimit;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads how the daemon runs. */
final class DaemonReader {
  private static final int MOST_THREADS = 1000;
  private static final Duration SHORTEST_BEAT = Duration.ofSeconds(10);
  private static final Duration LONGEST_BEAT = Duration.ofDays(1);
  private static final Pattern LISTEN =
      Pattern.compile("(\\[[0-9A-Fa-f:]+]|[^:\\[\\]]+):([0-9]{1,5})");
  private static final Pattern PASSWORD =
      Pattern.compile("[?&;](password|pwd)=|//[^/@]*:[^/@]*@", Pattern.CASE_INSENSITIVE);

  private final Section.Readers readers;
  private final Problems problems;
  private final ZoneId zone;

  /**
   * Prepares.
   *
   * @param zone whose times of day a rate has
   */
  DaemonReader(Section.Readers readers, ZoneId zone) {
    this.readers = readers;
    this.zone = zone;
    problems = readers.problems();
  }

  /** Reads; what is absent or wrong is as by default. */
  Daemon read(Section top, Place place) {
    Optional<Section> daemon =
        top.node("daemon")
            .flatMap(
                node ->
                    Section.open(
                        node,
                        top.origin("daemon"),
                        TopLevelKeys.DAEMON,
                        LaterKeys.DAEMON,
                        "daemon",
                        place.in("\"daemon\""),
                        readers));
    if (daemon.isEmpty()) {
      return Daemon.DEFAULTS;
    }
    Listen listen =
        daemon
            .get()
            .section("http", LaterKeys.none())
            .flatMap(this::listen)
            .orElse(Daemon.DEFAULTS.listen());
    return new Daemon(
        records(daemon.get()),
        listen,
        rate(daemon.get()),
        daemon
            .get()
            .section("outbox", LaterKeys.none())
            .flatMap(section -> new OutboxReader(section, problems).read())
            .orElse(Configuration.Outbox.DEFAULTS),
        node(daemon.get()));
  }

  private Records records(Section daemon) {
    return new Records(
        store(daemon),
        daemon
            .section("audit", LaterKeys.none())
            .flatMap(this::keepAudit)
            .orElse(Records.DEFAULTS.keepAudit()));
  }

  private Optional<Duration> keepAudit(Section audit) {
    Optional<Duration> keep = audit.duration("keep");
    if (keep.isPresent() && keep.get().compareTo(Duration.ofDays(1)) < 0) {
      problems.error(audit.valueOrigin("keep"), "\"keep\" is at least 1d");
    }
    return keep;
  }

  private Node node(Section daemon) {
    Optional<String> name = daemon.has("node") ? daemon.text("node") : Optional.empty();
    if (name.isPresent() && !Node.isName(name.get())) {
      problems.error(
          daemon.valueOrigin("node"),
          "\"node\" is letters, digits, '-', '_' and '.', at most 100 of them: \""
              + name.get()
              + "\"");
    }
    Optional<Duration> checkIn = daemon.duration("check-in");
    if (checkIn.isPresent()
        && (checkIn.get().compareTo(Duration.ofSeconds(1)) < 0
            || checkIn.get().compareTo(Duration.ofMinutes(1)) > 0)) {
      problems.error(daemon.valueOrigin("check-in"), "\"check-in\" is from 1s to 1m");
    }
    Optional<Long> threads = daemon.integer("threads");
    if (threads.isPresent() && (threads.get() < 1 || threads.get() > MOST_THREADS)) {
      problems.error(
          daemon.valueOrigin("threads"), "\"threads\" is from 1 to %d".formatted(MOST_THREADS));
      threads = Optional.empty();
    }
    return new Node(
        name,
        checkIn.orElse(Node.DEFAULTS.checkIn()),
        threads.map(Long::intValue).orElse(Node.DEFAULTS.threads()),
        daemon.section("heartbeat", LaterKeys.none()).flatMap(this::heartbeat));
  }

  private Optional<Heartbeat> heartbeat(Section section) {
    CheckedKeys keys = new CheckedKeys(section, problems);
    if (!section.has("url")) {
      problems.error(
          section.origin("url"), "key \"url\" is missing in " + section.place().description());
      return Optional.empty();
    }
    Optional<AlertChannel.Address> url = AlertReader.address(keys);
    Optional<Duration> every = section.duration("every");
    if (every.isPresent()
        && (every.get().compareTo(SHORTEST_BEAT) < 0 || every.get().compareTo(LONGEST_BEAT) > 0)) {
      keys.wrong("every", "\"every\" is from 10s to 1d");
    }
    return keys.isRight() && url.isPresent() && every.isPresent()
        ? Optional.of(new Heartbeat(url.get(), every.get()))
        : Optional.empty();
  }

  private RateLimit rate(Section daemon) {
    try {
      return daemon.has("rate")
          ? daemon
              .text("rate")
              .map(text -> RateLimit.parse(text, zone))
              .orElse(RateLimit.unlimited())
          : RateLimit.unlimited();
    } catch (IllegalArgumentException e) {
      problems.error(daemon.valueOrigin("rate"), "\"rate\": " + e.getMessage());
      return RateLimit.unlimited();
    }
  }

  private Store store(Section daemon) {
    Optional<Object> value = daemon.value("store");
    if (value.isEmpty() || !(value.get() instanceof Map<?, ?> keys)) {
      return new Embedded();
    }
    String url = String.valueOf(keys.get("url"));
    Origin where = daemon.valueOrigin("store");
    if (PASSWORD.matcher(url).find()) {
      problems.error(
          where, "\"url\" holds a password; take it out and write password: \"${secrets.NAME}\"");
    } else if (!url.startsWith("jdbc:")) {
      problems.error(where, "\"url\" is no JDBC address; it begins with jdbc:");
    }
    Object user = keys.get("user");
    Object password = keys.get("password");
    if ((user == null) != (password == null)) {
      problems.error(where, "\"user\" and \"password\" of a store go together, and one is missing");
    }
    return new Jdbc(
        url,
        user instanceof String name && password instanceof Secret secret
            ? Optional.of(new Connection.Login(name, secret))
            : Optional.empty());
  }

  private Optional<Listen> listen(Section http) {
    Optional<String> listen = http.text("listen");
    if (listen.isEmpty()) {
      return Optional.empty();
    }
    Matcher parts = LISTEN.matcher(listen.get());
    if (!parts.matches() || Integer.parseInt(parts.group(2)) > 65_535) {
      problems.error(
          http.valueOrigin("listen"),
          "\"listen\" is not ADDRESS:PORT: \"" + listen.get() + "\"; write 127.0.0.1:7480");
      return Optional.empty();
    }
    String host = parts.group(1);
    if (!Loopback.isLoopback(host)) {
      problems.error(
          http.valueOrigin("listen"),
          "\"listen\" is not a loopback address: \""
              + host
              + "\"; this version can be reached from this machine only, write 127.0.0.1:7480");
      return Optional.empty();
    }
    boolean bracketed = host.startsWith("[");
    String bare = bracketed ? host.substring(1, host.length() - 1) : host;
    return Optional.of(new Listen(bare, Integer.parseInt(parts.group(2))));
  }
}
