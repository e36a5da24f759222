package io.waybill.transfer.http;

import io.waybill.transfer.Credentials;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;
import java.util.function.Supplier;

/** How a request says who it comes from; the secret is asked for at each request, never kept. */
public sealed interface HttpLogin {
  /**
   * Logs in with user and password (RFC 7617), in UTF-8.
   *
   * @throws IllegalArgumentException if the user's name holds a colon
   */
  static HttpLogin basic(Credentials credentials) {
    return new Basic(credentials);
  }

  /** Logs in with a token (RFC 6750). */
  static HttpLogin bearer(Supplier<String> token) {
    return new Bearer(token);
  }

  /** Returns who logs in, for messages and receipts. */
  String user();

  /** Returns the value of the Authorization header. */
  String header();

  /** User and password. */
  record Basic(Credentials credentials) implements HttpLogin {
    /** Refuses a name that the header cannot hold. */
    public Basic {
      if (credentials.user().indexOf(':') >= 0) {
        throw new IllegalArgumentException("A user of HTTP's basic login has no colon in its name");
      }
    }

    @Override
    public String user() {
      return credentials.user();
    }

    @Override
    public String header() {
      String both = credentials.user() + ":" + credentials.secret().get();
      return "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
      return "basic " + credentials.user();
    }
  }

  /** A token. */
  record Bearer(Supplier<String> token) implements HttpLogin {
    /** Checks that nothing is missing. */
    public Bearer {
      Objects.requireNonNull(token, "token");
    }

    @Override
    public String user() {
      return "a bearer token";
    }

    @Override
    public String header() {
      return "Bearer " + token.get().strip();
    }

    @Override
    public String toString() {
      return "bearer";
    }
  }
}
