package io.waybill.jobs.config;

import io.waybill.jobs.Connection.HubLogin;
import io.waybill.jobs.Connection.Trust;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads how a connection of type {@code waybill} is protected. */
final class HubReader {
  private final Section section;
  private final Problems problems;

  HubReader(Section section, Problems problems) {
    this.section = section;
    this.problems = problems;
  }

  /** Reads by what the server is known; empty if something is wrong. */
  Optional<Trust> trust() {
    return section
        .text("tls")
        .flatMap(tls -> new TrustReader(section, problems).trust(!tls.equals("off")));
  }

  boolean hasCertificate() {
    return section.has("certificate") || section.has("certificate-key");
  }

  /** Reads a login by certificate; empty if something is wrong. */
  Optional<HubLogin> certificate() {
    if (section.has("key")) {
      return wrong("key", "\"key\" and \"certificate\" are two ways to log in; write one of them");
    }
    for (String key : List.of("certificate", "certificate-key")) {
      if (!section.has(key)) {
        problems.error(
            section.origin(key),
            "key \"" + key + "\" is missing in " + section.place().description());
        return Optional.empty();
      }
    }
    Optional<String> user = section.text("user");
    Optional<Path> certificate =
        section.text("certificate").flatMap(text -> path("certificate", text));
    Optional<Path> key =
        section.text("certificate-key").flatMap(text -> path("certificate-key", text));
    return user.flatMap(
        who ->
            certificate.flatMap(
                file -> key.map(own -> new HubLogin.Certificate(Optional.of(who), file, own))));
  }

  private Optional<Path> path(String key, String text) {
    try {
      return Optional.of(Path.of(text));
    } catch (InvalidPathException e) {
      return wrong(key, "not a path of this machine: \"" + text + "\"");
    }
  }

  private <T> Optional<T> wrong(String key, String why) {
    problems.error(section.valueOrigin(key), why);
    return Optional.empty();
  }
}
