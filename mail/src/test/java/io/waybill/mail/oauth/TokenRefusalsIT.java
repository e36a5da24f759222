package io.waybill.mail.oauth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.mail.MailException;
import io.waybill.testkit.Leaks;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
@ExtendWith(Leaks.class)
class TokenRefusalsIT extends WithTokenServer {
  @ParameterizedTest
  @CsvSource({
    "400, invalid_grant",
    "401, invalid_client",
    "400, unauthorized_client",
    "400, unsupported_grant_type",
    "400, invalid_scope",
    "403, access_denied",
    "200, bad_refresh_token"
  })
  void aRefusalIsForGoodAndNotHammered(int status, String error) {
    server.refuse(status, error);
    OAuth2TokenSource source = refreshing().clientSecret(() -> "secret").build();
    MailException.AuthenticationFailed failure = failure(source);
    assertThat(failure.isTransient()).isFalse();
    assertThat(failure.server()).isEqualTo(server.address());
    assertThat(failure.user()).isEqualTo("client");
    assertThat(failure).hasMessageContaining(error + " (as told)");
    for (int i = 0; i < 10; i++) {
      clock.advance(Duration.ofSeconds(29));
      assertThat(failure(source))
          .hasMessageContaining(error)
          .hasMessageContaining("not asked again before 2026-11-29T12:05:00Z");
    }
    assertThat(server.requests()).hasSize(1);
    clock.set(START.plus(Duration.ofMinutes(5)));
    server.grant("access-1", "");
    assertThat(source.token().value()).isEqualTo("access-1");
  }

  @ParameterizedTest
  @CsvSource({"429, x", "500, server_error", "503, x", "400, temporarily_unavailable", "408, x"})
  void aBadMinutePasses(int status, String error) {
    server.refuse(status, error).grant("access-1", "");
    OAuth2TokenSource source = refreshing().build();
    MailException failure = failure(source);
    assertThat(failure.isTransient()).isTrue();
    assertThat(failure).hasMessageContaining(String.valueOf(status));
    assertThat(source.token().value()).isEqualTo("access-1");
  }

  @Test
  void aProviderThatWantsRestGetsIt() {
    server.answer(429, "", "Retry-After", "120").answer(503, "", "Retry-After", "999999999");
    OAuth2TokenSource source = refreshing().build();
    failure(source);
    clock.advance(Duration.ofSeconds(119));
    assertThat(failure(source).isTransient()).isTrue();
    assertThat(server.requests()).hasSize(1);
    clock.advance(Duration.ofSeconds(1));
    failure(source);
    assertThat(server.requests()).hasSize(2);
    server.grant("access-1", "");
    clock.advance(Duration.ofMinutes(5));
    assertThat(source.token().value()).as("but no more than five minutes").isEqualTo("access-1");
  }

  @Test
  void nobodyThereIsTransient() {
    server.close();
    MailException failure = failure(refreshing().build());
    assertThat(failure.isTransient()).isTrue();
    assertThat(failure)
        .hasMessageContaining(server.address())
        .hasMessageContaining("no access token for 'client' from " + server.address())
        .hasMessageContaining("cannot be asked: no connection to " + server.address());
  }

  @Test
  void aHostThatDoesNotExistIsNamed() {
    OAuth2TokenSource source =
        OAuth2TokenSource.builder(URI.create("https://nowhere.invalid/token"))
            .clientId("client")
            .user("ada@x.example")
            .refreshToken(new MemoryStore("refresh-1"))
            .build();
    assertThat(failure(source))
        .hasMessageContaining("'ada@x.example'")
        .hasMessageContaining("there is no host nowhere.invalid");
  }

  @Test
  void aSilentProviderIsNotWaitedForLong() {
    server.answer(exchange -> server.hang());
    MailException failure = failure(refreshing().requestTimeout(Duration.ofMillis(300)).build());
    assertThat(failure.isTransient()).isTrue();
    assertThat(failure).hasMessageContaining("did not answer within 300 ms");
  }

  @Test
  void aBodyThatTricklesIsNotWaitedForLong() {
    server.answer(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write('{');
          exchange.getResponseBody().flush();
          server.hang();
        });
    MailException failure = failure(refreshing().requestTimeout(Duration.ofMillis(700)).build());
    assertThat(failure.isTransient()).isTrue();
    assertThat(failure).hasMessageContaining("did not answer within 700 ms");
  }

  @Test
  void aBodyOfTheLongestSizeIsRead() {
    String json = granted("access-1");
    server.answer(200, json + " ".repeat(TokenEndpoint.MAX_BODY_BYTES - json.length()));
    assertThat(refreshing().build().token().value()).isEqualTo("access-1");
  }

  @Test
  void aLongerBodyIsRefused() {
    String json = granted("access-1");
    server.answer(200, json + " ".repeat(TokenEndpoint.MAX_BODY_BYTES - json.length() + 1));
    MailException failure = failure(refreshing().build());
    assertThat(failure.isTransient()).isTrue();
    assertThat(failure).hasMessageContaining("longer than 65536");
  }

  @Test
  void aBodyWithoutEndIsRefused() {
    server.answer(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] chunk = " ".repeat(10_000).getBytes(UTF_8);
          while (true) {
            exchange.getResponseBody().write(chunk);
          }
        });
    assertThat(failure(refreshing().build())).hasMessageContaining("longer than 65536");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>captive portal</html>",
        "{\"access_token\":\"x\"",
        "[]",
        "{\"token_type\":\"Bearer\"}",
        "{\"token_type\":\"Bearer\",\"access_token\":\"\"}",
        "{\"token_type\":\"Bearer\",\"access_token\":\"a b\"}",
        "{\"token_type\":\"Bearer\",\"access_token\":\"a\\nb\"}",
        "{\"token_type\":\"Bearer\",\"access_token\":5}",
        "{\"token_type\":\"Bearer\",\"access_token\":\"a\",\"expires_in\":0}",
        "{\"token_type\":\"Bearer\",\"access_token\":\"a\",\"expires_in\":-5}",
        "{\"token_type\":\"Bearer\",\"access_token\":\"a\",\"expires_in\":\"soon\"}",
        "{\"token_type\":\"Bearer\",\"access_token\":\"a\",\"refresh_token\":\"a\\nb\"}"
      })
  void anAnswerThatMakesNoSenseIsTransient(String body) {
    server.answer(200, body).grant("access-1", "");
    OAuth2TokenSource source = refreshing().build();
    assertThat(failure(source).isTransient()).isTrue();
    assertThat(store.saved()).isEmpty();
    assertThat(source.token().value()).isEqualTo("access-1");
  }

  @Test
  void aTokenOfAnotherTypeIsRefusedForGood() {
    server.answer(200, "{\"token_type\":\"mac\",\"access_token\":\"x\"}");
    MailException failure = failure(refreshing().build());
    assertThat(failure.isTransient()).isFalse();
    assertThat(failure).hasMessageContaining("Bearer");
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 307, 308})
  void secretsDoNotFollowRedirects(int status) {
    server.answer(status, "", "Location", server.uri() + "/elsewhere");
    MailException failure = failure(refreshing().build());
    assertThat(failure.isTransient()).isFalse();
    assertThat(failure).hasMessageContaining("redirects (" + status + ")");
    assertThat(server.requests()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 404, 405})
  void aRefusalWithoutAReasonPointsAtTheAddress(int status) {
    server.answer(status, "<html>", "WWW-Authenticate", "Basic");
    assertThat(failure(refreshing().build()))
        .hasMessageContaining("answered " + status)
        .hasMessageContaining("address");
  }

  @Test
  void whatTheSourceOfTheSecretThrowsGoesOnAndPasses() {
    server.grant("access-1", "");
    AtomicReference<RuntimeException> fails =
        new AtomicReference<>(new IllegalStateException("the vault is sealed"));
    OAuth2TokenSource source =
        refreshing()
            .clientSecret(
                () -> {
                  RuntimeException failure = fails.get();
                  if (failure != null) {
                    throw failure;
                  }
                  return "secret";
                })
            .build();
    assertThatThrownBy(source::token).isSameAs(fails.get());
    fails.set(null);
    assertThat(source.token().value()).isEqualTo("access-1");
  }

  @Test
  void whatIsMissingHereIsSaidAndMendedAtOnce() {
    store.put("");
    AtomicReference<String> secret = new AtomicReference<>("");
    OAuth2TokenSource source = refreshing().clientSecret(secret::get).build();
    assertThat(failure(source))
        .hasMessageContaining("there is no refresh token yet")
        .hasMessageContaining("the test's store");
    store.put("two\nlines");
    assertThat(failure(source)).hasMessageContaining("not one line");
    store.put("refresh-1");
    assertThat(failure(source)).hasMessageContaining("the client secret is empty");
    assertThat(server.requests()).isEmpty();
    secret.set("secret");
    server.grant("access-1", "");
    assertThat(source.token().value()).isEqualTo("access-1");
  }
}
