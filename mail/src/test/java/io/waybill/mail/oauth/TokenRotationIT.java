package io.waybill.mail.oauth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.mail.MailException;
import io.waybill.testkit.Leaks;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@ExtendWith(Leaks.class)
class TokenRotationIT extends WithTokenServer {
  @TempDir Path directory;

  @Test
  void aRotatedRefreshTokenIsSavedBeforeTheAccessTokenIsUsed() {
    server.grant("access-1", ",\"refresh_token\":\"refresh-2\"");
    server.grant("access-2", ",\"refresh_token\":\"refresh-2\"");
    OAuth2TokenSource source = refreshing().build();
    assertThat(source.token().value()).isEqualTo("access-1");
    assertThat(store.saved()).containsExactly("refresh-2");
    clock.advance(Duration.ofHours(1));
    source.token();
    assertThat(server.requests().get(1).form()).containsEntry("refresh_token", "refresh-2");
    assertThat(store.saved()).as("one that stays is not saved again").hasSize(1);
  }

  @Test
  void noAccessTokenIsUsedWhileTheRefreshTokenCannotBeSaved() {
    server.grant("access-1", ",\"refresh_token\":\"refresh-2\"");
    OAuth2TokenSource source = refreshing().build();
    store.breaks(true);
    for (int i = 0; i < 3; i++) {
      MailException failure = failure(source);
      assertThat(failure.isTransient()).isTrue();
      assertThat(failure)
          .hasMessageContaining("cannot be saved")
          .hasMessageContaining("the disk is full");
    }
    assertThat(server.requests()).as("the provider is left alone").hasSize(1);
    store.breaks(false);
    assertThat(source.token().value()).isEqualTo("access-1");
    assertThat(store.saved()).containsExactly("refresh-2");
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void aTokenThatGrewOldWhileItCouldNotBeSavedIsReplaced() {
    server.grant("access-1", ",\"refresh_token\":\"refresh-2\"").grant("access-2", "");
    OAuth2TokenSource source = refreshing().build();
    store.breaks(true);
    failure(source);
    store.breaks(false);
    clock.advance(Duration.ofHours(1));
    assertThat(source.token().value()).isEqualTo("access-2");
    assertThat(server.requests().get(1).form()).containsEntry("refresh_token", "refresh-2");
  }

  @Test
  void aRotatedRefreshTokenSurvivesARestart() throws IOException {
    Path file = directory.resolve("token");
    RefreshTokenFile.of(file).save("refresh-1");
    server.grant("access-1", ",\"refresh_token\":\"refresh-2\"").grant("access-2", "");
    refreshing().refreshToken(RefreshTokenFile.of(file)).build().token();
    refreshing().refreshToken(RefreshTokenFile.of(file)).build().token();
    assertThat(server.requests().get(1).form()).containsEntry("refresh_token", "refresh-2");
  }

  @Test
  void aRotatedRefreshTokenIsSavedEvenIfTheRestIsOfNoUse() {
    server.answer(200, "{\"token_type\":\"Bearer\",\"refresh_token\":\"refresh-2\"}");
    OAuth2TokenSource source = refreshing().build();
    assertThat(failure(source)).hasMessageContaining("no usable token");
    assertThat(store.saved()).containsExactly("refresh-2");
  }

  @Test
  void whoGivesUpWaitingDoesNotLoseTheAnswer() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    server.answer(
        exchange -> {
          interrupted.await();
          TokenServer.send(
              exchange,
              200,
              granted("access-1")
                  .replace("}", ",\"refresh_token\":\"refresh-2\"}")
                  .getBytes(UTF_8));
        });
    OAuth2TokenSource source = refreshing().build();
    AtomicReference<Object> outcome = new AtomicReference<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                outcome.set(source.token());
              } catch (MailException e) {
                outcome.set(Thread.currentThread().isInterrupted() ? e : "the flag is lost");
              }
            });
    caller.start();
    await().until(() -> server.requests().size() == 1);
    caller.interrupt();
    caller.join();
    assertThat(outcome.get()).isInstanceOf(MailException.Cancelled.class);
    interrupted.countDown();
    await().until(() -> store.saved().contains("refresh-2"));
    assertThat(source.token().value()).isEqualTo("access-1");
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void aDeadRefreshTokenSaysWhereTheNewOneBelongs() {
    server.refuse(400, "invalid_grant");
    assertThat(failure(refreshing().build()))
        .hasMessageContaining("log in there again")
        .hasMessageContaining("the test's store");
  }

  @Test
  void aRefreshTokenThatAnotherProcessReplacedIsTakenUp() {
    server
        .answer(
            exchange -> {
              store.put("refresh-2");
              TokenServer.send(exchange, 400, "{\"error\":\"invalid_grant\"}".getBytes(UTF_8));
            })
        .grant("access-1", "");
    assertThat(refreshing().build().token().value()).isEqualTo("access-1");
    assertThat(server.requests().get(1).form()).containsEntry("refresh_token", "refresh-2");
  }
}
