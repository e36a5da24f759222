package io.waybill.mail.oauth;

import io.waybill.mail.net.ForeignText;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lets the client act for a user who agreed once (RFC 6749 6). A refresh token that comes with the
 * access token is saved before that one is of use to anybody; when it cannot be saved it is kept
 * here until it can, and the provider is not asked meanwhile.
 */
final class RefreshGrant implements TokenGrant {
  private final TokenEndpoint endpoint;
  private final RefreshTokenStore store;
  private final Clock clock;
  private @Nullable String unsaved;
  private @Nullable IssuedToken withheld;

  RefreshGrant(TokenEndpoint endpoint, RefreshTokenStore store, Clock clock) {
    this.endpoint = endpoint;
    this.store = store;
    this.clock = clock;
  }

  @Override
  public IssuedToken obtain() throws TokenFailure {
    if (unsaved != null) {
      save(unsaved);
      IssuedToken issued = withheld;
      withheld = null;
      if (issued != null && issued.isFresh(clock.instant())) {
        return issued;
      }
    }
    String token = load();
    try {
      return obtain(token);
    } catch (TokenFailure e) {
      if (!e.isGrantInvalid()) {
        throw e;
      }
      String current = load();
      if (!current.equals(token)) {
        return obtain(current); // another process was faster, and ours had just been used up
      }
      throw TokenFailure.grantInvalid(
          e.getMessage()
              + "; log in there again and put the new refresh token into "
              + ForeignText.show(store.toString(), 200, List.of(token)));
    }
  }

  private IssuedToken obtain(String token) throws TokenFailure {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "refresh_token");
    form.put("refresh_token", token);
    Instant askedAt = clock.instant();
    TokenResponse response = endpoint.ask(form, token);
    String next = response.refreshToken().orElse(token);
    if (next.equals(token)) {
      return IssuedToken.of(response, askedAt);
    }
    unsaved = next;
    // The rest of the answer is looked at only now: were it wrong, the old token would be gone.
    IssuedToken issued;
    try {
      issued = IssuedToken.of(response, askedAt);
    } catch (TokenFailure e) {
      save(next);
      throw e;
    }
    withheld = issued;
    save(next);
    withheld = null;
    return issued;
  }

  private String load() throws TokenFailure {
    String token;
    try {
      token = store.load().map(String::strip).orElse("");
    } catch (IOException e) {
      throw TokenFailure.misconfigured("the refresh token cannot be read: " + e.getMessage(), e);
    }
    if (token.isEmpty()) {
      throw TokenFailure.misconfigured(
          "there is no refresh token yet; log in at the provider once and put it into " + store,
          null);
    }
    if (!TokenResponse.isRefreshToken(token)) {
      throw TokenFailure.misconfigured(
          "what should be the refresh token is not one line of printable ASCII", null);
    }
    return token;
  }

  private void save(String token) throws TokenFailure {
    try {
      store.save(token);
      unsaved = null;
    } catch (IOException e) {
      throw TokenFailure.temporary(
          "the provider gave a new refresh token that cannot be saved,"
              + " and no access token is used before it is: "
              + e.getMessage(),
          e);
    }
  }
}
