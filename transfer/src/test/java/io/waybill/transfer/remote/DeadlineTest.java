package io.waybill.transfer.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DeadlineTest {
  private static final TransferOptions SOON =
      TransferOptions.builder().deadline(Duration.ofMillis(200)).build();

  private final CountDownLatch never = new CountDownLatch(1);
  @TempDir Path local;

  @Test
  void endsTheWaitForTheNextTry() {
    AtomicInteger tries = new AtomicInteger();
    RemoteEndpoint endpoint =
        new FakeEndpoint(
            RemoteTerms.builder().sleeper(wait -> never.await()).build(),
            () -> {
              tries.incrementAndGet();
              throw new IOException("no way");
            });
    Call call = new Call(SOON);
    SessionPool pool = new SessionPool(endpoint, () -> new OpenSockets(endpoint.terms()));
    assertThatThrownBy(
            () ->
                call.run(
                    "fake:1",
                    () ->
                        pool.work(
                            call, lease -> new RemoteDownload(lease, "x", local, SOON).run())))
        .isInstanceOfSatisfying(
            TransferException.Timeout.class,
            e -> assertThat(e.waited()).isEqualTo(Duration.ofMillis(200)))
        .hasMessageContaining("deadline of 200 ms")
        .hasMessageContaining("0 bytes travelled")
        .cause()
        .hasMessageContaining("no way");
    assertThat(tries).hasValue(1);
    assertThat(Thread.interrupted()).as("the thread is the caller's again").isFalse();
  }

  @Test
  void endsTheWaitForASessionOfAnother() {
    RemoteEndpoint endpoint = new FakeEndpoint(RemoteTerms.builder().build());
    SessionPool pool = new SessionPool(endpoint, () -> new OpenSockets(endpoint.terms()));
    Call call = new Call(SOON);
    // whoever waits there is woken, and sees that it is over
    assertThatThrownBy(
            () ->
                call.run(
                    "fake:1",
                    () -> {
                      call.waitsAt(pool);
                      synchronized (pool) {
                        while (!call.isOver()) {
                          waitAt(pool);
                        }
                      }
                      throw new TransferException.Connection("fake:1", "closed", null);
                    }))
        .isInstanceOf(TransferException.Timeout.class);
  }

  @SuppressWarnings("WaitNotInLoop") // the caller loops
  private static void waitAt(SessionPool pool) {
    try {
      pool.wait();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatFailsForGoodIsSaidAsItIs() {
    Call call = new Call(TransferOptions.builder().deadline(Duration.ofMillis(1)).build());
    TransferException refusal = new TransferException.Refused(0, false, "no", null);
    assertThatThrownBy(
            () ->
                call.run(
                    "fake:1",
                    () -> {
                      while (!call.isOver()) {
                        Thread.onSpinWait();
                      }
                      throw refusal;
                    }))
        .isSameAs(refusal);
  }
}
