package io.waybill.mail.smtp;

import io.waybill.mail.MailException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Stops an account whose login was refused: a wrong password does not become right by being tried
 * again, and servers lock out who tries. After 5 min, doubled up to 1 h, one more try is let
 * through.
 */
final class LoginGuard {
  private static final Duration FIRST = Duration.ofMinutes(5);
  private static final Duration LONGEST = Duration.ofHours(1);

  private final String server;
  private final String user;
  private final InstantSource clock;
  private Duration next = FIRST;
  private @Nullable Instant until;
  private String why = "";

  LoginGuard(String server, String user, InstantSource clock) {
    this.server = server;
    this.user = user;
    this.clock = clock;
  }

  /**
   * Lets a call through.
   *
   * @throws MailException.AuthenticationFailed while the account cools down
   */
  synchronized void check() {
    if (until != null && clock.instant().isBefore(until)) {
      throw new MailException.AuthenticationFailed(
          server,
          user,
          why + "; not tried again before " + until + ", to not lock the account out",
          false,
          null);
    }
  }

  synchronized void refused(String reason) {
    why = reason;
    until = clock.instant().plus(next);
    Duration doubled = next.multipliedBy(2);
    next = doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
  }

  synchronized void succeeded() {
    until = null;
    next = FIRST;
  }
}
