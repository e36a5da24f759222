package io.waybill;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.waybill.jobs.Alert;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.RunListener;
import io.waybill.jobs.config.StateDirectory;
import io.waybill.jobs.net.ScopedSockets;
import io.waybill.jobs.trigger.TriggerEngine;
import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.TriggerKind;
import io.waybill.testkit.SettableClock;
import io.waybill.transfer.WireTap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A store with a job file and a clock that stands still, a mail server that comes and goes, and a
 * web server: what is told of runs whose ends a test writes.
 */
final class AlertBench implements AutoCloseable {
  final SettableClock clock = SettableClock.at("2026-01-12T12:00:00Z"); // a Monday
  final WebFixture web = WebFixture.start();
  private final Path directory;
  private final int smtp = freePort();
  private @Nullable GreenMail mail;
  private @Nullable Rooms rooms;
  private @Nullable Configuration configuration;
  private Set<String> paused = Set.of();

  AlertBench(Path directory) {
    this.directory = directory;
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path write(String name, String text) {
    try {
      return Files.writeString(directory.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Opens the store.
   *
   * @param alerts more channels than {@code ops}, which is a mail, one a line
   * @param job what the job {@code nightly} says, one key a line
   */
  AlertBench open(String alerts, String job) {
    write("hook-url", web.url() + "/hook/s3cr3t-Zz81");
    Path file =
        write(
            "waybill.yml",
            """
            version: 1
            timezone: UTC
            secrets: { hook: { file: hook-url } }
            connections:
              outgoing: { type: smtp, host: 127.0.0.1, port: %d, tls: off, from: robot@acme.example }
            alerts:
              ops: { type: mail, via: outgoing, to: ops@acme.example }
            %s
            jobs:
              nightly:
            %s
                steps: { exec: { command: [/bin/true] } }
            """
                .formatted(smtp, alerts.indent(2).stripTrailing(), job.indent(4).stripTrailing()));
    Configuration read = JobFiles.load(List.of(file), Map.of());
    configuration = read;
    rooms =
        Rooms.open(
            read,
            StateDirectory.at(directory.resolve("state")),
            new ScopedSockets(Optional.empty()),
            WireTap.NONE,
            RunListener.NONE,
            clock);
    return this;
  }

  /** Returns the id under which the ledger has the source of the job's trigger. */
  String sourceId() {
    return TriggerEngine.sourceId(
        Objects.requireNonNull(configuration).job("nightly").orElseThrow().triggers().get(0));
  }

  Rooms rooms() {
    Rooms open = rooms;
    if (open == null) {
      throw new IllegalStateException("it is not open");
    }
    return open;
  }

  void close(Rooms open) {
    open.close();
    rooms = null;
  }

  /** Lets the mail server be there. */
  void startMail() {
    GreenMail server = new GreenMail(new ServerSetup(smtp, "127.0.0.1", "smtp"));
    server.start();
    mail = server;
  }

  /** Takes the mail server away; what it has received is lost. */
  void stopMail() {
    GreenMail server = mail;
    if (server != null) {
      server.stop();
      mail = null;
    }
  }

  /** Returns the subjects of what was received, sorted. */
  List<String> mails() {
    GreenMail server = mail;
    if (server == null) {
      return List.of();
    }
    return Arrays.stream(server.getReceivedMessages())
        .map(
            each -> {
              try {
                return each.getSubject();
              } catch (jakarta.mail.MessagingException e) {
                throw new IllegalStateException(e);
              }
            })
        .sorted()
        .toList();
  }

  /** Lets a run end now, and time pass by a minute. */
  Run run(TriggerKind kind, RunState state) {
    Run run = rooms().runs().open("nightly", kind, clock.instant(), "").orElseThrow();
    clock.advance(Duration.ofMinutes(1));
    return rooms()
        .runs()
        .finish(
            run,
            state,
            state == RunState.SUCCEEDED ? Optional.empty() : Optional.of(FailureClass.PERMANENT),
            state == RunState.SUCCEEDED ? "" : "the bank is closed",
            "");
  }

  Run run(RunState state) {
    return run(TriggerKind.SCHEDULE, state);
  }

  void pause(String... jobs) {
    paused = Set.of(jobs);
  }

  /** Looks at deadlines and silences, at a moment. */
  void lookAt(String moment) {
    clock.set(Instant.parse(moment));
    look();
  }

  void look() {
    rooms().alerts().look(paused::contains, () -> true);
  }

  /** Returns the kinds of the alerts that were raised, the oldest first. */
  List<Alert.Kind> raised() {
    List<Alert.Kind> kinds = new ArrayList<>();
    for (Alert.Told told : rooms().alerts().newest(Optional.empty(), 100)) {
      kinds.add(0, told.alert().kind());
    }
    return kinds;
  }

  /** Returns what became of the newest alert on a channel. */
  Alert.Delivery delivery(String channel) {
    return rooms().alerts().newest(Optional.empty(), 1).get(0).deliveries().stream()
        .filter(each -> each.channel().equals(channel))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    Rooms open = rooms;
    if (open != null) {
      close(open);
    }
    stopMail();
    web.close();
  }
}
