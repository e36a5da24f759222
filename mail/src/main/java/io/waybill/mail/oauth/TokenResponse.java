package io.waybill.mail.oauth;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Holds a provider's answer to a token request that it granted (RFC 6749 5.1). */
final class TokenResponse {
  /** RFC 6749 5.1 lets the provider leave it out; an hour is what most give. */
  static final Duration UNSAID = Duration.ofHours(1);

  /** Asking once a day costs nothing, and no lifetime is believed for longer. */
  static final Duration LONGEST = Duration.ofDays(1);

  private static final Pattern SECONDS = Pattern.compile("[1-9][0-9]{0,17}");
  private static final Pattern ACCESS_TOKEN = Pattern.compile("[!-~]+");
  private static final Pattern REFRESH_TOKEN = Pattern.compile("[ -~]+");

  private final JsonObject object;
  private final @Nullable String refreshToken;

  private TokenResponse(JsonObject object, @Nullable String refreshToken) {
    this.object = object;
    this.refreshToken = refreshToken;
  }

  static TokenResponse read(byte[] body) throws TokenFailure {
    JsonObject object;
    try {
      object = JsonObject.parse(body);
    } catch (MalformedJson e) {
      throw TokenFailure.temporary(
          "the provider's answer is no JSON object: " + e.getMessage(), null);
    }
    return new TokenResponse(
        object, object.string("refresh_token").filter(text -> !text.isEmpty()).orElse(null));
  }

  /**
   * The refresh token to use from now on, if it changes. Read before all else is looked at: the old
   * one may be worth nothing even if the rest of the answer is.
   */
  Optional<String> refreshToken() throws TokenFailure {
    if (refreshToken != null && !isRefreshToken(refreshToken)) {
      throw TokenFailure.temporary("the provider's refresh token is not printable ASCII", null);
    }
    return Optional.ofNullable(refreshToken);
  }

  String accessToken() throws TokenFailure {
    String type = object.string("token_type").orElse("");
    if (!type.equalsIgnoreCase("bearer")) {
      throw TokenFailure.refused("the provider's token is not of the type Bearer");
    }
    return object
        .string("access_token")
        .filter(token -> ACCESS_TOKEN.matcher(token).matches())
        .orElseThrow(
            () -> TokenFailure.temporary("the provider's answer holds no usable token", null));
  }

  Duration lifetime() throws TokenFailure {
    Optional<String> written = object.stringOrNumber("expires_in");
    if (written.isEmpty()) {
      return UNSAID;
    }
    if (!SECONDS.matcher(written.get()).matches()) {
      throw TokenFailure.temporary("the provider's token is of no lifetime", null);
    }
    long seconds = Long.parseLong(written.get());
    return seconds < LONGEST.toSeconds() ? Duration.ofSeconds(seconds) : LONGEST;
  }

  static boolean isRefreshToken(String text) {
    return REFRESH_TOKEN.matcher(text).matches();
  }
}
