package io.waybill.jobs.config;

import io.waybill.jobs.Connection.Trust;
import io.waybill.transfer.tcp.tls.Pin;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads by what a server that speaks TLS is known: {@code pin} and {@code ca}. */
final class TrustReader {
  private static final List<String> FOR_TLS =
      List.of("pin", "ca", "certificate", "certificate-key");

  private final Section section;
  private final Problems problems;

  TrustReader(Section section, Problems problems) {
    this.section = section;
    this.problems = problems;
  }

  /** Reads it; empty if something is wrong. */
  Optional<Trust> trust(boolean isTls) {
    if (!isTls) {
      return plaintext();
    }
    if (section.has("pin") && section.has("ca")) {
      return wrong("ca", "a server is known by its \"pin\" or by a \"ca\", not by both");
    }
    if (section.has("pin")) {
      return section.text("pin").flatMap(this::pinned);
    }
    return section.has("ca")
        ? section.text("ca").flatMap(this::authority)
        : Optional.of(new Trust.Public());
  }

  private Optional<Trust> plaintext() {
    for (String key : FOR_TLS) {
      if (section.has(key)) {
        return wrong(key, "\"" + key + "\" is for TLS, which \"tls: off\" turns off");
      }
    }
    return Optional.of(new Trust.Plaintext());
  }

  private Optional<Trust> pinned(String text) {
    try {
      return Optional.of(new Trust.Pinned(Pin.parse(text).toString()));
    } catch (IllegalArgumentException e) {
      return wrong(
          "pin",
          "not a pin: write sha-256: and 43 characters, as \"waybill serve\" and \"waybill probe\" print it");
    }
  }

  private Optional<Trust> authority(String text) {
    try {
      return Optional.of(new Trust.Authority(Path.of(text)));
    } catch (InvalidPathException e) {
      return wrong("ca", "not a path of this machine: \"" + text + "\"");
    }
  }

  private Optional<Trust> wrong(String key, String why) {
    problems.error(section.valueOrigin(key), why);
    return Optional.empty();
  }
}
