package io.waybill.jobs.config;

import io.waybill.jobs.Connection;
import io.waybill.jobs.Connection.Tls;
import io.waybill.jobs.Secret;
import java.util.Locale;
import java.util.Optional;

/** Reads what all servers have: where they are, how the way there is protected, who logs in. */
final class ServerReader {
  private final Section section;
  private final Problems problems;

  ServerReader(Section section, Problems problems) {
    this.section = section;
    this.problems = problems;
  }

  /** Where a server is. */
  record Address(String host, int port) {
    boolean isLoopback() {
      return Loopback.isLoopback(host);
    }
  }

  Optional<Address> address(int usualPort) {
    return address(section.text("host").filter(this::hostIsRight), usualPort);
  }

  /** Reads the port of a host that is known. */
  Optional<Address> address(Optional<String> host, int usualPort) {
    Optional<Integer> port =
        section.has("port")
            ? section.integer("port").filter(this::portIsRight).map(Long::intValue)
            : Optional.of(usualPort);
    return host.flatMap(h -> port.map(p -> new Address(h, p)));
  }

  /** Reads the host, which not every connection of its type needs to name. */
  Optional<String> host() {
    if (!section.has("host")) {
      missing("host", "");
    }
    return section.text("host").filter(this::hostIsRight);
  }

  Optional<Connection.Login> login(String secretKey) {
    Optional<String> user = section.text("user");
    Optional<Secret> secret = section.secret(secretKey);
    if (!section.has(secretKey)) {
      missing(secretKey, "; write " + secretKey + ": \"${secrets.NAME}\"");
    }
    if (!section.has("user") && section.isOptional("user")) {
      missing("user", " that has a password");
    }
    return user.flatMap(u -> secret.map(s -> new Connection.Login(u, s)));
  }

  /** Reports that a key is missing. */
  void missing(String key, String rest) {
    problems.error(
        section.origin(key),
        "key \"" + key + "\" is missing in " + section.place().description() + rest);
  }

  Optional<Tls> tls() {
    return section.text("tls").map(word -> Tls.valueOf(word.toUpperCase(Locale.ROOT)));
  }

  void warnIfClear(Tls tls, Address address) {
    warnIfClear(tls, address, "password");
  }

  /** Warns where what proves a login can be read on its way. */
  void warnIfClear(Tls tls, Address address, String secret) {
    if (tls == Tls.OFF && !address.isLoopback()) {
      problems.warning(
          section.valueOrigin("tls"),
          "%s sends its %s to %s in clear"
              .formatted(section.place().description(), secret, address.host()));
    }
  }

  private boolean hostIsRight(String host) {
    boolean right =
        !host.isEmpty() && host.chars().noneMatch(c -> c <= ' ' || "/@\"'\\".indexOf(c) >= 0);
    if (!right) {
      problems.error(
          section.valueOrigin("host"),
          "\"host\" is a name or an address only, without scheme, user or path");
    }
    return right;
  }

  private boolean portIsRight(long port) {
    boolean right = port >= 1 && port <= 65_535;
    if (!right) {
      problems.error(section.valueOrigin("port"), "\"port\" is from 1 to 65535, and not " + port);
    }
    return right;
  }
}
