package io.waybill.mail.sasl;

import io.waybill.mail.AccessToken;
import io.waybill.mail.oauth.OAuthError;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Shows an access token: OAUTHBEARER (RFC 7628) or XOAUTH2 (Google's and Microsoft's own, older).
 *
 * <p>A server that refuses first says why, in JSON, and waits for one more answer before it says no
 * in the protocol's own way.
 */
final class BearerExchange extends ClientFirst {
  static final String OAUTHBEARER = "OAUTHBEARER";
  static final String XOAUTH2 = "XOAUTH2";

  private static final char SEPARATOR = '\1';

  private final AccessToken token;
  private final byte[] answerToError;
  private @Nullable String complaint;

  private BearerExchange(String mechanism, String first, AccessToken token, String answerToError)
      throws SaslException {
    super(mechanism, Credentials.utf8("user", first));
    this.token = token;
    this.answerToError = answerToError.getBytes(StandardCharsets.US_ASCII);
  }

  /** RFC 7628 3.1: {@code n,a=user,^Ahost=...^Aport=...^Aauth=Bearer token^A^A}. */
  static BearerExchange oauthBearer(String user, String host, int port, AccessToken token)
      throws SaslException {
    String name = requireNoControls(user).replace("=", "=3D").replace(",", "=2C");
    String first =
        ("n,a=" + name + "," + SEPARATOR)
            + ("host=" + host + SEPARATOR)
            + ("port=" + port + SEPARATOR)
            + ("auth=Bearer " + token.value() + SEPARATOR + SEPARATOR);
    return new BearerExchange(OAUTHBEARER, first, token, String.valueOf(SEPARATOR));
  }

  /** {@code user=user^Aauth=Bearer token^A^A}; an error is answered with nothing. */
  static BearerExchange xoauth2(String user, AccessToken token) throws SaslException {
    String first =
        ("user=" + requireNoControls(user) + SEPARATOR)
            + ("auth=Bearer " + token.value() + SEPARATOR + SEPARATOR);
    return new BearerExchange(XOAUTH2, first, token, "");
  }

  private static String requireNoControls(String user) throws SaslException {
    if (user.chars().anyMatch(Character::isISOControl)) {
      throw new SaslException("the user holds a control character, which would end its field");
    }
    return user;
  }

  @Override
  byte[] next(byte[] challenge) throws SaslException {
    if (complaint != null) {
      throw Challenges.oneTooMany(mechanism());
    }
    complaint =
        OAuthError.ofMailServer(challenge, List.of(token.value()))
            .map(OAuthError::toString)
            .orElse("a reason that cannot be read");
    return answerToError.clone();
  }

  @Override
  public Optional<String> complaint() {
    return Optional.ofNullable(complaint);
  }

  @Override
  public Optional<AccessToken> token() {
    return Optional.of(token);
  }
}
