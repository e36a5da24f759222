package io.waybill.transfer.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StallWatchTest {
  private static final Duration SHORT = Duration.ofMillis(50);
  private static final Duration NEVER = Duration.ofHours(1);

  private final AtomicInteger closed = new AtomicInteger();
  private final StallWatch watch = new StallWatch(closed::incrementAndGet);
  private final IOException failure = new IOException("Socket closed");

  @Test
  void theShorterOfTheCallsLimitAndThePhasesCounts() {
    watch.begin(NEVER);
    try (StallWatch.Phase moving = watch.within(SHORT)) {
      await().until(() -> closed.get() == 1);
    }
    assertThat(watch.why(failure))
        .isInstanceOfSatisfying(StalledException.class, e -> assertThat(e.limit()).isEqualTo(SHORT))
        .hasMessage("nothing moved for 50 ms")
        .hasCause(failure);

    StallWatch other = new StallWatch(closed::incrementAndGet);
    other.begin(SHORT);
    try (StallWatch.Phase moving = other.within(NEVER)) {
      await().until(() -> closed.get() == 2);
    }
  }

  @Test
  void whatIsPausedOrUnwatchedOrOverIsNotClosed() {
    StallWatch second = new StallWatch(closed::incrementAndGet);
    StallWatch third = new StallWatch(closed::incrementAndGet);
    watch.begin(SHORT);
    watch.pause();
    second.begin(SHORT);
    StallWatch.Phase outside = second.unwatched();
    try (StallWatch.Phase moving = second.within(NEVER)) {
      second.pause();
    }
    third.begin(SHORT);
    third.end();
    // by then each of them would have been looked at
    StallWatch last = new StallWatch(closed::decrementAndGet);
    last.begin(SHORT.multipliedBy(3));
    await().until(() -> closed.get() == -1);
    assertThat(watch.why(failure)).isSameAs(failure);
    outside.close();
    await().until(() -> closed.get() == 0);
    assertThat(second.why(failure)).isInstanceOf(StalledException.class);
  }
}
