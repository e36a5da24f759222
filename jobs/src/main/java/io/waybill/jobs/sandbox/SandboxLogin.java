package io.waybill.jobs.sandbox;

import java.security.SecureRandom;
import java.util.Base64;

/**
 * A user of the sandbox.
 *
 * @param user the name to log in with
 * @param password made up when the sandbox started; never printed by {@link #toString}
 */
public record SandboxLogin(String user, String password) {
  private static final int PASSWORD_BYTES = 18; // 24 characters

  /** Makes up a password for {@code user}. */
  static SandboxLogin generate(String user) {
    byte[] random = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(random);
    return new SandboxLogin(user, Base64.getUrlEncoder().encodeToString(random));
  }

  @Override
  public String toString() {
    return "SandboxLogin[user=" + user + "]";
  }
}
