package io.waybill.jobs;

import io.waybill.mail.UnknownPolicy;
import io.waybill.transfer.RateLimit;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Everything a job file says, checked. The file is the whole truth: a job that is not here is not
 * scheduled.
 *
 * @param zone of schedules that name none
 * @param daemon how the daemon runs
 * @param shared what jobs refer to by its name
 * @param jobs in the file's order
 */
public record Configuration(ZoneId zone, Daemon daemon, Shared shared, List<JobDefinition> jobs) {
  public Configuration {
    Objects.requireNonNull(zone, "zone");
    Objects.requireNonNull(daemon, "daemon");
    Objects.requireNonNull(shared, "shared");
    jobs = List.copyOf(jobs);
  }

  /** Makes one without alert channels. */
  public Configuration(
      ZoneId zone,
      Daemon daemon,
      Map<String, String> vars,
      Connections connections,
      List<JobDefinition> jobs) {
    this(zone, daemon, new Shared(vars, connections, List.of(), List.of()), jobs);
  }

  /** Returns the texts that {@code ${vars.NAME}} reads, by name. */
  public Map<String, String> vars() {
    return shared.vars();
  }

  /** Returns the named accounts and sites. */
  public Connections connections() {
    return shared.connections();
  }

  /** Returns the ways on which somebody hears of trouble, in the file's order. */
  public List<AlertChannel> alerts() {
    return shared.alerts();
  }

  public Optional<JobDefinition> job(String name) {
    return jobs.stream().filter(job -> job.name().equals(name)).findFirst();
  }

  /**
   * Returns the same for a daemon of another name.
   *
   * @throws IllegalArgumentException if the text cannot be a node's name
   */
  public Configuration withNode(String name) {
    if (!Node.isName(name)) {
      throw new IllegalArgumentException(
          "a node's name is letters, digits, '-', '_' and '.', at most 100 of them: \"%s\""
              .formatted(name));
    }
    Node node = daemon.node().named(name);
    return new Configuration(zone, daemon.with(node), shared, jobs);
  }

  /**
   * Returns the same as a daemon that runs can take it over: what it opened by stays as it is, and
   * all that {@code daemon} says new is how long the audit is kept.
   */
  public Configuration asTakenOver(Daemon running) {
    Records records = new Records(running.store(), daemon.keepAudit());
    return new Configuration(
        zone,
        new Daemon(records, running.listen(), running.rate(), running.outbox(), running.node()),
        shared,
        jobs);
  }

  /**
   * Returns a configuration without jobs and connections, for verbs that are given everything on
   * their line.
   */
  public static Configuration empty() {
    return new Configuration(
        ZoneId.of("UTC"), Daemon.DEFAULTS, Map.of(), Connections.none(), List.of());
  }

  /**
   * What jobs refer to by its name.
   *
   * @param vars by name, for {@code ${vars.NAME}}
   * @param connections by name
   * @param alerts unique names
   * @param secrets all that are defined, whether a job names them or not
   */
  public record Shared(
      Map<String, String> vars,
      Connections connections,
      List<AlertChannel> alerts,
      List<Secret> secrets) {
    public Shared {
      vars = Collections.unmodifiableMap(new LinkedHashMap<>(vars));
      Objects.requireNonNull(connections, "connections");
      alerts = List.copyOf(alerts);
      secrets = List.copyOf(secrets);
    }
  }

  /**
   * How the daemon runs.
   *
   * @param records what is written down of what happened, and where
   * @param listen where it can be reached
   * @param rate how fast all connections that hold files may be together, each way
   * @param outbox mail that waits
   * @param node what it is among those that share its store
   */
  public record Daemon(Records records, Listen listen, RateLimit rate, Outbox outbox, Node node) {
    public static final Daemon DEFAULTS =
        new Daemon(
            Records.DEFAULTS,
            new Listen("127.0.0.1", 0),
            RateLimit.unlimited(),
            Outbox.DEFAULTS,
            Node.DEFAULTS);

    Daemon with(Node other) {
      return new Daemon(records, listen, rate, outbox, other);
    }

    /** Returns where runs are kept. */
    public Store store() {
      return records.store();
    }

    /** Returns how long it is remembered who did what. */
    public Duration keepAudit() {
      return records.keepAudit();
    }
  }

  /**
   * What is written down of what happened.
   *
   * @param store where runs are kept
   * @param keepAudit how long it is remembered who did what
   */
  public record Records(Store store, Duration keepAudit) {
    public static final Records DEFAULTS = new Records(new Embedded(), Duration.ofDays(730));
  }

  /**
   * Where the daemon can be reached.
   *
   * @param host loopback unless the file says otherwise
   * @param port 0 takes a free one, written to {@code daemon.json}
   */
  public record Listen(String host, int port) {}

  /**
   * What a daemon is among those that share its store.
   *
   * @param name the host's where it is empty
   * @param checkIn how often it says that it lives
   * @param threads how many runs may be at work on it at the same time
   * @param heartbeat who outside is told that it lives
   */
  public record Node(
      Optional<String> name, Duration checkIn, int threads, Optional<Heartbeat> heartbeat) {
    public static final Node DEFAULTS =
        new Node(Optional.empty(), Duration.ofSeconds(5), 20, Optional.empty());

    Node named(String other) {
      return new Node(Optional.of(other), checkIn, threads, heartbeat);
    }

    /** Returns whether a text can be a node's name. */
    public static boolean isName(String text) {
      return text.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    }
  }

  /**
   * A sign of life that is given to somebody outside.
   *
   * @param url what is asked for
   * @param every how often
   */
  public record Heartbeat(AlertChannel.Address url, Duration every) {}

  /**
   * Mail that waits.
   *
   * @param messages how many may wait
   * @param bytes how many they may have together
   * @param expire how long one is tried that says nothing else
   * @param keepContent how long the bytes of one are kept when it is done
   * @param keepRecord how long its record is kept, no shorter
   * @param unknown what becomes of one that may or may not have been accepted
   */
  public record Outbox(
      int messages,
      long bytes,
      Duration expire,
      Duration keepContent,
      Duration keepRecord,
      UnknownPolicy unknown) {
    public static final Outbox DEFAULTS =
        new Outbox(
            100_000,
            10L << 30,
            Duration.ofHours(24),
            Duration.ofDays(1),
            Duration.ofDays(30),
            UnknownPolicy.ASK);
  }

  /** Where runs are kept. */
  public sealed interface Store {}

  /** H2 in the state directory. */
  public record Embedded() implements Store {}

  /** Another database, by its JDBC address. */
  public record Jdbc(String url, Optional<Connection.Login> login) implements Store {}
}
