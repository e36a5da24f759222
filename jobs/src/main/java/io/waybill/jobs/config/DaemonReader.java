package io.waybill.jobs.config;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.Configuration.Daemon;
import io.waybill.jobs.Configuration.Embedded;
import io.waybill.jobs.Configuration.Jdbc;
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
            .orElse(new Listen(Daemon.DEFAULTS.listenHost(), Daemon.DEFAULTS.listenPort()));
    return new Daemon(
        store(daemon.get()),
        listen.host(),
        listen.port(),
        rate(daemon.get()),
        daemon
            .get()
            .section("outbox", LaterKeys.none())
            .flatMap(section -> new OutboxReader(section, problems).read())
            .orElse(Configuration.Outbox.DEFAULTS),
        daemon
            .get()
            .section("audit", LaterKeys.none())
            .flatMap(this::keepAudit)
            .orElse(Daemon.DEFAULTS.keepAudit()));
  }

  private Optional<Duration> keepAudit(Section audit) {
    Optional<Duration> keep = audit.duration("keep");
    if (keep.isPresent() && keep.get().compareTo(Duration.ofDays(1)) < 0) {
      problems.error(audit.valueOrigin("keep"), "\"keep\" is at least 1d");
    }
    return keep;
  }

  private record Listen(String host, int port) {}

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
