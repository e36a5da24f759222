package io.waybill.transfer;

import java.util.Objects;
import java.util.function.Supplier;

/**
 * A user and where to ask for the secret; the secret is asked for at each login and never kept.
 *
 * @param user the login name
 * @param secret asked at login time; what it returns is never printed
 */
public record Credentials(String user, Supplier<String> secret) {

  /** Checks that nothing is missing. */
  public Credentials {
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(secret, "secret");
  }

  @Override
  public String toString() {
    return "Credentials[user=" + user + "]";
  }
}
