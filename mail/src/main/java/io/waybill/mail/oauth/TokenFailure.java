package io.waybill.mail.oauth;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Says why there is no token; {@link OAuth2TokenSource} translates it. */
final class TokenFailure extends IOException {
  private static final long serialVersionUID = 1;

  /** How long nobody asks again after a provider said no for good. */
  static final Duration COOL_DOWN = Duration.ofMinutes(5);

  private final boolean temporary;
  private final Duration hold;
  private final boolean grantInvalid;

  private TokenFailure(
      String why,
      boolean temporary,
      Duration hold,
      boolean grantInvalid,
      @Nullable Throwable cause) {
    super(why, cause);
    this.temporary = temporary;
    this.hold = hold;
    this.grantInvalid = grantInvalid;
  }

  /** Something that may pass; the next who wants a token tries again. */
  static TokenFailure temporary(String why, @Nullable Throwable cause) {
    return new TokenFailure(why, true, Duration.ZERO, false, cause);
  }

  /** Something that may pass, but the provider wants to be left alone for a while. */
  static TokenFailure busy(String why, Duration hold) {
    return new TokenFailure(
        why, true, hold.compareTo(COOL_DOWN) < 0 ? hold : COOL_DOWN, false, null);
  }

  /** The provider said no. */
  static TokenFailure refused(String why) {
    return new TokenFailure(why, false, COOL_DOWN, false, null);
  }

  /** The provider said that the refresh token is worth nothing. */
  static TokenFailure grantInvalid(String why) {
    return new TokenFailure(why, false, COOL_DOWN, true, null);
  }

  /** Something here must be put right; nobody was asked. */
  static TokenFailure misconfigured(String why, @Nullable Throwable cause) {
    return new TokenFailure(why, false, Duration.ZERO, false, cause);
  }

  boolean isTemporary() {
    return temporary;
  }

  boolean isGrantInvalid() {
    return grantInvalid;
  }

  /** How long the provider is not to be asked again. */
  Duration hold() {
    return hold;
  }
}
