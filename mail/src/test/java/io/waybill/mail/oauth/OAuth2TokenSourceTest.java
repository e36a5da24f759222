package io.waybill.mail.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.mail.MailException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OAuth2TokenSourceTest {
  private static final RefreshTokenStore STORE =
      RefreshTokenFile.of(Path.of("there-is-no-such-file"), () -> "refresh");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://idp.example.org/token",
        "HTTPS://idp.example.org/token?tenant=1",
        "http://localhost:8080/token",
        "http://127.0.0.1/token",
        "http://127.9.9.9/token",
        "http://[::1]:1/token"
      })
  void takesEndpointsThatNobodyCanListenTo(String endpoint) {
    assertThatCode(() -> OAuth2TokenSource.builder(URI.create(endpoint)))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://idp.example.org/token",
        "http://localhost.example.org/token",
        "http://127.0.0.1.example.org/token",
        "http://10.0.0.1/token",
        "ftp://localhost/token",
        "https:/token",
        "/token",
        "https://user:pa55word@idp.example.org/token",
        "https://idp.example.org/token#x",
        "mailto:pa55word@example.org"
      })
  void refusesOtherEndpoints(String endpoint) {
    assertThatThrownBy(() -> OAuth2TokenSource.builder(URI.create(endpoint)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("pa55word");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/b", "a b", "..%2f", "-x", "a?b", "a@b"})
  void refusesWhatIsNoTenant(String tenant) {
    assertThatThrownBy(() -> OAuth2TokenSource.microsoft(tenant))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void googleIsAskedForAllOfAMailbox() {
    String request = capture(OAuth2TokenSource.google().refreshToken(STORE));
    assertThat(request)
        .startsWith("https://oauth2.googleapis.com/token grant_type=refresh_token&")
        .contains("&scope=https%3A%2F%2Fmail.google.com%2F&client_id=me");
  }

  @Test
  void microsoftIsAskedToSendForAUser() {
    assertThat(capture(OAuth2TokenSource.microsoft("common").refreshToken(STORE)))
        .startsWith("https://login.microsoftonline.com/common/oauth2/v2.0/token ")
        .contains("&scope=offline_access+https%3A%2F%2Foutlook.office.com%2FSMTP.Send&");
  }

  @Test
  void microsoftIsAskedToReadForAUser() {
    assertThat(capture(OAuth2TokenSource.microsoftImap("common").refreshToken(STORE)))
        .startsWith("https://login.microsoftonline.com/common/oauth2/v2.0/token ")
        .contains(
            "&scope=offline_access+https%3A%2F%2Foutlook.office.com%2FIMAP.AccessAsUser.All&");
  }

  @Test
  void microsoftIsAskedForWhatTheApplicationWasGranted() {
    OAuth2TokenSource.Builder application =
        OAuth2TokenSource.microsoft("contoso.example")
            .clientSecret(() -> "secret")
            .clientCredentials();
    assertThat(capture(application))
        .startsWith("https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token ")
        .contains(" grant_type=client_credentials&")
        .contains("scope=https%3A%2F%2Foutlook.office365.com%2F.default&");
  }

  @Test
  void aScopeThatIsSetReplacesThePreset() {
    String request = capture(OAuth2TokenSource.google().scope("other one").refreshToken(STORE));
    assertThat(request).contains("&scope=other+one&").doesNotContain("google.com%2F");
    assertThat(capture(OAuth2TokenSource.google().scope("").refreshToken(STORE)))
        .doesNotContain("scope");
  }

  @Test
  void itsNameHoldsNoSecret() {
    assertThat(
            OAuth2TokenSource.google()
                .clientId("me")
                .clientSecret(() -> "secret")
                .refreshToken(STORE)
                .build())
        .hasToString("OAuth2TokenSource[me at oauth2.googleapis.com:443]");
  }

  @Test
  void needsOneWayToGetTokensAndWhatItNeeds() {
    assertThatThrownBy(() -> OAuth2TokenSource.google().refreshToken(STORE).build())
        .hasMessageContaining("client id");
    assertThatThrownBy(
            () -> OAuth2TokenSource.google().clientId("a\nb").refreshToken(STORE).build())
        .hasMessageContaining("client id");
    assertThatThrownBy(() -> OAuth2TokenSource.google().clientId("me").build())
        .hasMessageContaining("refresh token or client credentials");
    assertThatThrownBy(
            () ->
                OAuth2TokenSource.google()
                    .clientId("me")
                    .clientSecret(() -> "x")
                    .refreshToken(STORE)
                    .clientCredentials()
                    .build())
        .hasMessageContaining("not both");
    assertThatThrownBy(() -> OAuth2TokenSource.google().clientId("me").clientCredentials().build())
        .hasMessageContaining("secret");
  }

  @Test
  void refusesWhatWouldCarrySecretsElsewhere() {
    HttpClient following =
        HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();
    assertThatThrownBy(() -> OAuth2TokenSource.google().httpClient(following))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("redirects");
  }

  @Test
  void refusesFieldsThatHaveTheirOwnSetter() {
    for (String name :
        new String[] {"grant_type", "client_id", "client_secret", "refresh_token", "scope"}) {
      assertThatThrownBy(() -> OAuth2TokenSource.google().parameter(name, "x"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(name);
    }
  }

  @Test
  void refusesATimeoutThatIsNone() {
    assertThatThrownBy(() -> OAuth2TokenSource.google().requestTimeout(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> OAuth2TokenSource.google().requestTimeout(Duration.ofDays(40)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static String capture(OAuth2TokenSource.Builder source) {
    CapturingClient client = new CapturingClient();
    assertThatThrownBy(() -> source.clientId("me").httpClient(client).build().token())
        .isInstanceOf(MailException.AuthenticationFailed.class)
        .hasMessageContaining("nobody is asked here");
    return client.request();
  }
}
