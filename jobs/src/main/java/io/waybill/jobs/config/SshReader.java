package io.waybill.jobs.config;

import io.waybill.jobs.Connection.HostKeys;
import io.waybill.jobs.Connection.SshLogin;
import io.waybill.jobs.Secret;
import io.waybill.transfer.sftp.HostKeyTrust;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads how a connection of type {@code sftp} logs in, and by what the host is known. */
final class SshReader {
  private static final List<String> WAYS = List.of("password", "identity", "agent");

  private final Section section;
  private final Problems problems;

  SshReader(Section section, Problems problems) {
    this.section = section;
    this.problems = problems;
  }

  /** Reads what proves the user; empty if something is wrong. */
  Optional<SshLogin> login() {
    List<String> given = WAYS.stream().filter(section::has).toList();
    if (given.size() > 1) {
      return wrong(
          given.get(1),
          "\"%s\" and \"%s\" are two ways to log in; write one of them"
              .formatted(given.get(0), given.get(1)));
    }
    if (section.has("passphrase") && !section.has("identity")) {
      return wrong("passphrase", "\"passphrase\" is for an \"identity\"; write its file, too");
    }
    if (section.has("identity")) {
      return identity();
    }
    if (section.has("agent")) {
      return path("agent").map(SshLogin.Agent::new);
    }
    if (!section.has("password")) {
      problems.error(
          section.origin("password"),
          section.place().description()
              + " needs something to log in with: \"password\", \"identity\" or \"agent\"");
      return Optional.empty();
    }
    return section.secret("password").map(SshLogin.Password::new);
  }

  private Optional<SshLogin> identity() {
    Optional<Path> file = path("identity");
    if (!section.has("passphrase")) {
      return file.map(key -> new SshLogin.Key(key, Optional.empty()));
    }
    Optional<Secret> passphrase = section.secret("passphrase");
    return file.flatMap(
        key -> passphrase.map(secret -> new SshLogin.Key(key, Optional.of(secret))));
  }

  /** Reads which host keys are believed; empty if something is wrong. */
  Optional<HostKeys> hostKeys() {
    if (section.has("pin") && section.has("known-hosts")) {
      return wrong(
          "known-hosts", "a host is known by its \"pin\" or by \"known-hosts\", not by both");
    }
    if (section.has("pin")) {
      return section.text("pin").flatMap(this::pinned);
    }
    return section.has("known-hosts")
        ? path("known-hosts").map(file -> new HostKeys.Known(Optional.of(file), false))
        : Optional.of(new HostKeys.Known(Optional.empty(), false));
  }

  private Optional<HostKeys> pinned(String pin) {
    try {
      HostKeyTrust.pinned(pin);
      return Optional.of(new HostKeys.Pinned(List.of(pin)));
    } catch (IllegalArgumentException e) {
      return wrong("pin", "not a pin: " + e.getMessage());
    }
  }

  private Optional<Path> path(String key) {
    return section
        .text(key)
        .flatMap(
            text -> {
              try {
                return Optional.of(Path.of(text));
              } catch (InvalidPathException e) {
                return wrong(key, "not a path of this machine: \"" + text + "\"");
              }
            });
  }

  private <T> Optional<T> wrong(String key, String why) {
    problems.error(section.valueOrigin(key), why);
    return Optional.empty();
  }
}
