package io.waybill.mail.sasl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.mail.AccessToken;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BearerExchangeTest {
  private static final AccessToken TOKEN =
      new AccessToken("vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==", Instant.MAX);

  /** RFC 7628 4.1. */
  @Test
  void oauthBearerSpeaksTheExampleForImap() throws SaslException {
    SaslExchange login =
        BearerExchange.oauthBearer("user@example.com", "server.example.com", 143, TOKEN);
    assertThat(base64(login.initialResponse().orElseThrow()))
        .isEqualTo(
            "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9"
                + "QmVhcmVyIHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB");
    assertThat(login.token()).contains(TOKEN);
  }

  /** RFC 7628 4.3: the error, and the answer {@code AQ==} to it. */
  @Test
  void oauthBearerAnswersAnErrorAndSaysWhatItWas() throws SaslException {
    SaslExchange login =
        BearerExchange.oauthBearer("user@example.com", "server.example.com", 587, TOKEN);
    byte[] error =
        Base64.getDecoder()
            .decode(
                "eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIiwic2NvcGUiOiJleGFtcGxlX3Njb3BlIiwib3BlbmlkLWNv"
                    + "bmZpZ3VyYXRpb24iOiJodHRwczovL2V4YW1wbGUuY29tLy53ZWxsLWtub3duL29wZW5pZC1jb25m"
                    + "aWd1cmF0aW9uIn0=");
    assertThat(login.complaint()).isEmpty();
    assertThat(base64(login.respond(error))).isEqualTo("AQ==");
    assertThat(login.complaint()).contains("invalid_token, scope example_scope");
    assertThatThrownBy(() -> login.respond(error)).isInstanceOf(SaslException.class);
  }

  /** The examples at developers.google.com/gmail/imap/xoauth2-protocol. */
  @Test
  void xoauth2SpeaksGooglesExample() throws SaslException {
    AccessToken token =
        new AccessToken("ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg", Instant.MAX);
    SaslExchange login = BearerExchange.xoauth2("someuser@example.com", token);
    assertThat(base64(login.initialResponse().orElseThrow()))
        .isEqualTo(
            "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNS"
                + "bGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ==");
    byte[] error =
        Base64.getDecoder()
            .decode(
                "eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIG1hYyIsInNjb3BlIjoiaHR0cHM6Ly9tYWls"
                    + "Lmdvb2dsZS5jb20vIn0K");
    assertThat(login.respond(error)).isEmpty();
    assertThat(login.complaint()).contains("401, scope https://mail.google.com/");
  }

  @Test
  void theTokenFollowsTheEmptyChallengeWhereTheCommandIsTooShort() throws SaslException {
    SaslExchange login = BearerExchange.xoauth2("u", TOKEN);
    assertThat(login.respond(new byte[0])).isEqualTo(login.initialResponse().orElseThrow());
    assertThat(login.complaint()).isEmpty();
    assertThat(login.respond("{\"status\":\"400\"}".getBytes(UTF_8))).isEmpty();
    assertThat(login.complaint()).contains("400");
  }

  @Test
  void aNameIsEscaped() throws SaslException {
    SaslExchange login = BearerExchange.oauthBearer("a=b,c", "h", 1, TOKEN);
    assertThat(new String(login.initialResponse().orElseThrow(), UTF_8))
        .startsWith("n,a=a=3Db=2Cc,\1host=h\1port=1\1auth=Bearer ");
  }

  @Test
  void aNameCannotEndItsField() {
    assertThatThrownBy(() -> BearerExchange.xoauth2("u\1auth=Bearer other", TOKEN))
        .isInstanceOf(SaslException.class);
    assertThatThrownBy(() -> BearerExchange.oauthBearer("u\1host=other", "h", 1, TOKEN))
        .isInstanceOf(SaslException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"nonsense", "{", "[]", "{}", "{\"scope\":\"x\"}", "{\"status\":{}}", "\uFFFF"})
  void anErrorThatCannotBeReadIsStillOne(String challenge) throws SaslException {
    SaslExchange login = BearerExchange.xoauth2("u", TOKEN);
    assertThat(login.respond(challenge.getBytes(UTF_8))).isEmpty();
    assertThat(login.complaint()).contains("a reason that cannot be read");
  }

  @Test
  void aTokenThatTheServerRepeatsIsNotShown() throws SaslException {
    String part = TOKEN.value().substring(4, 20);
    for (String json :
        new String[] {
          "{\"status\":\"was " + TOKEN.value() + "\"}",
          "{\"status\":\"401\",\"scope\":\"for " + part + "!\"}",
          "{\"status\":\"401\",\"error_description\":\"" + part + " is bad\"}"
        }) {
      SaslExchange login = BearerExchange.xoauth2("u", TOKEN);
      login.respond(json.getBytes(UTF_8));
      assertThat(login.complaint().orElseThrow()).contains("not shown").doesNotContain(part);
    }
  }

  @Test
  void aComplaintIsOneShortLine() throws SaslException {
    SaslExchange login = BearerExchange.xoauth2("u", TOKEN);
    String json = "{\"status\":\"401\\r\\n250 OK\\u202E\",\"scope\":\"" + "s".repeat(5000) + "\"}";
    login.respond(json.getBytes(UTF_8));
    assertThat(login.complaint().orElseThrow())
        .startsWith("401 250 OK, scope sss")
        .hasSizeLessThan(400)
        .matches("\\P{Cntrl}+");
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
