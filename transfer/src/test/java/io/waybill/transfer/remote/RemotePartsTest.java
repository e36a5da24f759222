package io.waybill.transfer.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.transfer.TransferException;
import io.waybill.transfer.file.IntegrityException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RemotePartsTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void seamIsComparedHoweverTheBytesCome(long seed) throws IOException {
    Random random = new Random(seed);
    byte[] content = new byte[5000];
    random.nextBytes(content);
    int end = 2000 + random.nextInt(2000);
    int tailLength = 1 + random.nextInt(1000);
    int offset = random.nextBoolean() ? 0 : end - tailLength;
    byte[] tail = Arrays.copyOfRange(content, end - tailLength, end);
    TailCheck good = new TailCheck(offset, end, tail);
    int at = offset;
    while (at < content.length) {
      int length = Math.min(content.length - at, 1 + random.nextInt(700));
      int expected = Math.max(0, Math.min(length, end - at));
      assertThat(good.accept(Arrays.copyOfRange(content, at, at + length), length))
          .isEqualTo(expected);
      at += length;
    }
    assertThat(good.isComplete()).isTrue();

    byte[] bent = Arrays.copyOfRange(content, offset, content.length);
    bent[end - 1 - random.nextInt(tailLength) - offset] ^= 1;
    TailCheck bad = new TailCheck(offset, end, tail);
    assertThatThrownBy(() -> bad.accept(bent, bent.length)).isInstanceOf(IntegrityException.class);
  }

  private static RemoteTerms.Standalone terms() {
    return RemoteTerms.builder().maxSessions(1).maxReconnects(4).random(new Random(7));
  }

  @Test
  void reconnectsAreFewAndWaitLongerWithJitter() {
    List<Duration> waits = new ArrayList<>();
    Reconnects reconnects = new Reconnects(new FakeEndpoint(terms().sleeper(waits::add).build()));
    TransferException failure = new TransferException.Connection("h:21", "lost", null);
    for (int i = 0; i < 4; i++) {
      reconnects.waitAfter(failure);
    }
    assertThatThrownBy(() -> reconnects.waitAfter(failure)).isSameAs(failure);
    assertThat(reconnects.count()).isEqualTo(4);
    assertThat(waits)
        .hasSize(4)
        .allSatisfy(
            wait -> assertThat(wait).isBetween(Duration.ofMillis(500), Duration.ofMinutes(1)));
    assertThat(waits).doesNotHaveDuplicates();
  }

  @Test
  void interruptEndsTheWaitAndStaysSet() {
    Sleeper interrupted =
        wait -> {
          throw new InterruptedException();
        };
    RemoteEndpoint endpoint = new FakeEndpoint(terms().sleeper(interrupted).build());
    TransferException failure = new TransferException.Connection("h:21", "lost", null);
    assertThatThrownBy(() -> new Reconnects(endpoint).waitAfter(failure)).isSameAs(failure);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void progressMakesReconnectsCountAnew() {
    List<Duration> waits = new ArrayList<>();
    Reconnects reconnects = new Reconnects(new FakeEndpoint(terms().sleeper(waits::add).build()));
    TransferException failure = new TransferException.Connection("h:21", "lost", null);
    long size = 100 << 20;
    long at = 0;
    for (int i = 0; i < 20; i++) {
      at += 1 << 20;
      reconnects.reached(at, size);
      reconnects.waitAfter(failure);
    }
    assertThat(reconnects.count()).isEqualTo(20);
    assertThat(waits)
        .allSatisfy(wait -> assertThat(wait).isLessThanOrEqualTo(Duration.ofMillis(1500)));
    for (int i = 0; i < 3; i++) { // there it was before
      reconnects.reached(at / 2, size);
      reconnects.reached(at, size);
      reconnects.waitAfter(failure);
    }
    reconnects.reached(at + 1000, size);
    assertThatThrownBy(() -> reconnects.waitAfter(failure)).isSameAs(failure);
  }

  @Test
  void tenthOfASmallFileIsProgress() {
    Reconnects reconnects = new Reconnects(new FakeEndpoint(terms().sleeper(wait -> {}).build()));
    TransferException failure = new TransferException.Connection("h:21", "lost", null);
    for (int i = 1; i <= 9; i++) {
      reconnects.reached(i * 10L, 100);
      reconnects.waitAfter(failure);
    }
    assertThat(reconnects.count()).isEqualTo(9);
  }

  @Test
  @Timeout(30)
  void stopEndsAWaitAtOnceAndTheNextCanBeTried() throws Exception {
    CountDownLatch waits = new CountDownLatch(1);
    Sleeper endless =
        wait -> {
          waits.countDown();
          Thread.sleep(60_000);
        };
    Reconnects reconnects = new Reconnects(new FakeEndpoint(terms().sleeper(endless).build()));
    TransferException failure = new TransferException.Connection("h:21", "lost", null);
    AtomicBoolean leftInterrupted = new AtomicBoolean();
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread waiting =
        new Thread(
            () -> {
              try {
                reconnects.waitAfter(failure);
              } catch (TransferException e) {
                thrown.set(e);
              }
              leftInterrupted.set(Thread.currentThread().isInterrupted());
            });
    waiting.start();
    waits.await();
    reconnects.stop();
    waiting.join(10_000);
    assertThat(waiting.isAlive()).isFalse();
    assertThat(thrown.get()).isSameAs(failure);
    assertThat(leftInterrupted).isFalse();
    assertThatThrownBy(() -> reconnects.waitAfter(failure)).isSameAs(failure);
    reconnects.goOn();
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> reconnects.waitAfter(failure)).isSameAs(failure);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(reconnects.count()).isEqualTo(2);
  }
}
