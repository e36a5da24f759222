package io.waybill.mail.oauth;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Tells a token from a refusal (RFC 6749 5.2), and one that passes from one for good. */
final class TokenAnswer {
  private static final Set<Integer> PASSING = Set.of(408, 425, 429);
  private static final Set<String> PASSING_CODES =
      Set.of("temporarily_unavailable", "server_error", "slow_down");
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

  private final HttpResponse<byte[]> response;
  private final List<String> secrets;

  TokenAnswer(HttpResponse<byte[]> response, List<String> secrets) {
    this.response = response;
    this.secrets = secrets;
  }

  TokenResponse granted() throws TokenFailure {
    int status = response.statusCode();
    Optional<OAuthError> error = OAuthError.ofProvider(response.body(), secrets);
    if (status / 100 == 2 && error.isEmpty()) {
      return TokenResponse.read(response.body());
    }
    boolean passes = status >= 500 || PASSING.contains(status);
    if (passes || error.map(OAuthError::code).filter(PASSING_CODES::contains).isPresent()) {
      throw TokenFailure.busy(
          "the provider answered " + status + error.map(said -> ", " + said).orElse(""), pause());
    }
    throw error.map(TokenAnswer::refusal).orElseGet(() -> unexplained(status));
  }

  private static TokenFailure refusal(OAuthError error) {
    String why = "the provider refuses with " + error;
    return switch (error.code()) {
      case "invalid_grant" -> TokenFailure.grantInvalid(why);
      case "invalid_client" ->
          TokenFailure.refused(why + "; look at the client id and the client secret");
      case "invalid_scope" -> TokenFailure.refused(why + "; look at the scope that is asked for");
      default -> TokenFailure.refused(why);
    };
  }

  private static TokenFailure unexplained(int status) {
    if (status / 100 == 3) {
      return TokenFailure.refused(
          "the endpoint redirects ("
              + status
              + "), and secrets do not follow; set the address that it has now");
    }
    return TokenFailure.refused(
        "the endpoint answered "
            + status
            + " without an error of OAuth 2; look whether its address is right");
  }

  private Duration pause() {
    return response
        .headers()
        .firstValue("Retry-After")
        .map(String::strip)
        .filter(text -> SECONDS.matcher(text).matches())
        .map(text -> Duration.ofSeconds(Long.parseLong(text)))
        .orElse(Duration.ZERO);
  }
}
