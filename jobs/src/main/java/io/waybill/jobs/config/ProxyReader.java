package io.waybill.jobs.config;

import io.waybill.jobs.Connection;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Secret;
import io.waybill.jobs.net.ProxyAddress;
import java.util.Optional;

/** Reads what a connection goes through. */
final class ProxyReader {
  private final CheckedKeys keys;
  private final Section section;

  /**
   * Prepares.
   *
   * @param keys of the connection, which know afterwards whether they are right
   */
  ProxyReader(CheckedKeys keys) {
    this.keys = keys;
    this.section = keys.section();
  }

  /** Reads it; empty if there is none, or something is wrong. */
  Optional<Connection.Proxy> proxy() {
    Optional<String> url = keys.told("proxy", section::text);
    try {
      url.ifPresent(ProxyAddress::withoutLogin);
    } catch (JobException.Configuration e) {
      keys.wrong("proxy", "\"proxy\" is " + e.getMessage());
      return Optional.empty();
    }
    if (!section.has("proxy-user") && !section.has("proxy-password")) {
      return url.map(address -> new Connection.Proxy(address, Optional.empty()));
    }
    String given = section.has("proxy-user") ? "proxy-user" : "proxy-password";
    if (!section.has("proxy")) {
      keys.wrong(given, "a login at a proxy, and no \"proxy\" in " + section.place().description());
    } else if (!section.has("proxy-user") || !section.has("proxy-password")) {
      keys.wrong(given, "\"proxy-user\" and \"proxy-password\" belong together: write both");
    }
    Optional<String> user = keys.told("proxy-user", section::text);
    Optional<Secret> password = keys.told("proxy-password", section::secret);
    Optional<Connection.Login> login =
        user.flatMap(who -> password.map(secret -> new Connection.Login(who, secret)));
    return url.map(address -> new Connection.Proxy(address, login));
  }
}
