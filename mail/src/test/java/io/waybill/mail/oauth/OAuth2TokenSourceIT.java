package io.waybill.mail.oauth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.waybill.mail.AccessToken;
import io.waybill.mail.MailException;
import io.waybill.testkit.Leaks;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
@ExtendWith(Leaks.class)
class OAuth2TokenSourceIT extends WithTokenServer {
  @Test
  void asksWithTheRefreshToken() {
    server.grant("access-1", "");
    OAuth2TokenSource source =
        refreshing()
            .clientSecret(() -> "s&cret ü")
            .scope("one two")
            .parameter("audience", "mail")
            .build();
    assertThat(source.token()).isEqualTo(new AccessToken("access-1", START.plusSeconds(3600)));
    TokenServer.Request request = server.requests().get(0);
    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.headers())
        .containsEntry("Content-type", "application/x-www-form-urlencoded")
        .containsEntry("Accept", "application/json")
        .doesNotContainKey("Authorization");
    assertThat(request.form())
        .containsOnlyKeys(
            "grant_type", "refresh_token", "client_id", "client_secret", "scope", "audience")
        .containsEntry("grant_type", "refresh_token")
        .containsEntry("refresh_token", "refresh-1")
        .containsEntry("client_id", "client")
        .containsEntry("client_secret", "s&cret ü")
        .containsEntry("scope", "one two")
        .containsEntry("audience", "mail");
  }

  @Test
  void aPublicClientShowsItsNameOnly() {
    server.grant("access-1", "");
    refreshing().build().token();
    assertThat(server.requests().get(0).form())
        .containsOnlyKeys("grant_type", "refresh_token", "client_id");
  }

  @Test
  void basicShowsNameAndSecretInTheHeaderOnly() {
    server.grant("access-1", "");
    refreshing()
        .clientSecret(() -> "a:b c")
        .clientAuthentication(ClientAuthentication.BASIC)
        .build()
        .token();
    TokenServer.Request request = server.requests().get(0);
    String basic = Base64.getEncoder().encodeToString("client:a%3Ab+c".getBytes(UTF_8));
    assertThat(request.headers()).containsEntry("Authorization", "Basic " + basic);
    assertThat(request.form()).containsOnlyKeys("grant_type", "refresh_token");
  }

  @Test
  void asksForItselfWithClientCredentials() {
    server.grant("access-1", ",\"refresh_token\":\"not for us\"");
    OAuth2TokenSource source =
        OAuth2TokenSource.builder(server.uri())
            .clientId("client")
            .clientSecret(() -> "secret")
            .clientCredentials()
            .clock(clock)
            .build();
    assertThat(source.token().value()).isEqualTo("access-1");
    assertThat(server.requests().get(0).form())
        .containsOnlyKeys("grant_type", "client_id", "client_secret")
        .containsEntry("grant_type", "client_credentials");
  }

  /** The margin is a minute, or a tenth of the lifetime if that is less. */
  @ParameterizedTest
  @CsvSource({
    "'\"expires_in\":3600', 3600, 3540",
    "'\"expires_in\":\"3600\"', 3600, 3540",
    "'\"expires_in\":100', 100, 90",
    "'\"expires_in\":599', 599, 539",
    "'\"expires_in\":999999999999999999', 86400, 86340",
    "'\"expires_in\":null', 3600, 3540",
    "'\"x\":1', 3600, 3540"
  })
  void keepsATokenUntilShortlyBeforeItExpires(String lifetime, long seconds, long kept) {
    for (String token : new String[] {"access-1", "access-2"}) {
      server.answer(
          200, "{\"access_token\":\"%s\",\"token_type\":\"bearer\",%s}".formatted(token, lifetime));
    }
    OAuth2TokenSource source = refreshing().build();
    AccessToken first = source.token();
    assertThat(first.expiresAt()).isEqualTo(START.plusSeconds(seconds));
    clock.set(START.plusSeconds(kept - 1));
    assertThat(source.token()).isEqualTo(first);
    assertThat(server.requests()).hasSize(1);
    clock.set(START.plusSeconds(kept + 1));
    assertThat(source.token().value()).isEqualTo("access-2");
    assertThat(server.requests()).hasSize(2);
  }

  @Test
  void manyThreadsMakeOneRequest() throws Exception {
    int threads = 32;
    CountDownLatch waiting = new CountDownLatch(1);
    server.answer(
        exchange -> {
          waiting.await();
          TokenServer.send(exchange, 200, granted("access-1").getBytes(UTF_8));
        });
    OAuth2TokenSource source = refreshing().build();
    List<AccessToken> tokens = new ArrayList<>();
    Set<Thread> callers = new HashSet<>();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      CountDownLatch ready = new CountDownLatch(threads);
      List<Future<AccessToken>> calls = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        calls.add(
            pool.submit(
                () -> {
                  synchronized (callers) {
                    callers.add(Thread.currentThread());
                  }
                  ready.countDown();
                  return source.token();
                }));
      }
      ready.await();
      await()
          .untilAsserted(
              () -> {
                synchronized (callers) {
                  assertThat(callers)
                      .hasSize(threads)
                      .allMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING);
                }
              });
      waiting.countDown();
      for (Future<AccessToken> call : calls) {
        tokens.add(call.get());
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(new HashSet<>(tokens)).hasSize(1);
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void manyThreadsShareOneFailure() throws Exception {
    int threads = 8;
    CountDownLatch waiting = new CountDownLatch(1);
    server.answer(
        exchange -> {
          waiting.await();
          TokenServer.send(exchange, 503, new byte[0]);
        });
    OAuth2TokenSource source = refreshing().build();
    Set<Thread> callers = new HashSet<>();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<MailException>> calls = new ArrayList<>();
      Callable<MailException> call =
          () -> {
            synchronized (callers) {
              callers.add(Thread.currentThread());
            }
            return catchThrowableOfType(MailException.AuthenticationFailed.class, source::token);
          };
      for (int i = 0; i < threads; i++) {
        calls.add(pool.submit(call));
      }
      await()
          .untilAsserted(
              () -> {
                synchronized (callers) {
                  assertThat(callers)
                      .hasSize(threads)
                      .allMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING);
                }
              });
      waiting.countDown();
      Set<MailException> failures = new HashSet<>();
      for (Future<MailException> each : calls) {
        failures.add(each.get());
      }
      assertThat(failures).as("each has its own").hasSize(threads).doesNotContainNull();
    } finally {
      pool.shutdownNow();
    }
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void aRefusedTokenIsReplacedOnceHoweverOftenItIsRefused() {
    server.grant("access-1", "").grant("access-2", "");
    OAuth2TokenSource source = refreshing().build();
    AccessToken first = source.token();
    source.invalidate(first);
    AccessToken second = source.token();
    assertThat(second.value()).isEqualTo("access-2");
    source.invalidate(first);
    assertThat(source.token()).isEqualTo(second);
    assertThat(server.requests()).hasSize(2);
  }

  @Test
  void aTokenThatIsStillGoodServesThroughABadMinute() {
    server.grant("access-1", "").answer(503, "").answer(503, "");
    OAuth2TokenSource source = refreshing().build();
    AccessToken first = source.token();
    clock.set(START.plusSeconds(3550));
    assertThat(source.token()).isEqualTo(first);
    assertThat(server.requests()).hasSize(2);
    clock.set(START.plusSeconds(3600));
    assertThat(failure(source)).hasMessageContaining("503");
  }
}
