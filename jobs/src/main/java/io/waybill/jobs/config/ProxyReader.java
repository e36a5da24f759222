package io.waybill.jobs.config;

import io.waybill.jobs.Connection;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Secret;
import io.waybill.jobs.net.ProxyAddress;
import java.util.Optional;
import java.util.function.Function;

/** Reads what a connection goes through. */
final class ProxyReader {
  private final Section section;
  private final Problems problems;
  private boolean isRight = true;

  ProxyReader(Section section, Problems problems) {
    this.section = section;
    this.problems = problems;
  }

  /** Returns whether what was read until now was right. */
  boolean isRight() {
    return isRight;
  }

  /** Reads it; empty if there is none, or something is wrong. */
  Optional<Connection.Proxy> proxy() {
    Optional<String> url = told("proxy", section::text);
    try {
      url.ifPresent(ProxyAddress::withoutLogin);
    } catch (JobException.Configuration e) {
      wrong("proxy", "\"proxy\" is " + e.getMessage());
      return Optional.empty();
    }
    if (!section.has("proxy-user") && !section.has("proxy-password")) {
      return url.map(address -> new Connection.Proxy(address, Optional.empty()));
    }
    String given = section.has("proxy-user") ? "proxy-user" : "proxy-password";
    if (!section.has("proxy")) {
      wrong(given, "a login at a proxy, and no \"proxy\" in " + section.place().description());
    } else if (!section.has("proxy-user") || !section.has("proxy-password")) {
      wrong(given, "\"proxy-user\" and \"proxy-password\" belong together: write both");
    }
    Optional<String> user = told("proxy-user", section::text);
    Optional<Secret> password = told("proxy-password", section::secret);
    Optional<Connection.Login> login =
        user.flatMap(who -> password.map(secret -> new Connection.Login(who, secret)));
    return url.map(address -> new Connection.Proxy(address, login));
  }

  /** Reads a key; absent ones are right, and of wrong ones there is a problem. */
  private <T> Optional<T> told(String key, Function<String, Optional<T>> reading) {
    if (!section.has(key)) {
      return Optional.empty();
    }
    Optional<T> value = reading.apply(key);
    isRight &= value.isPresent();
    return value;
  }

  private void wrong(String key, String why) {
    problems.error(section.valueOrigin(key), why);
    isRight = false;
  }
}
