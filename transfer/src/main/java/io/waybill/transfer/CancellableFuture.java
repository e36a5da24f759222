package io.waybill.transfer;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * A future whose cancellation reaches the work: it closes what the work is waiting on.
 *
 * @param <T> what the work yields
 */
public final class CancellableFuture<T> extends CompletableFuture<T> {
  private final Runnable onCancel;
  private final AtomicBoolean told = new AtomicBoolean();

  private CancellableFuture(Runnable onCancel) {
    this.onCancel = onCancel;
  }

  /**
   * Runs blocking work on a daemon thread of its own.
   *
   * @param name the thread's name
   * @param onCancel closes the socket the work is blocked on; called at most once
   */
  public static <T> CancellableFuture<T> start(String name, Supplier<T> work, Runnable onCancel) {
    CancellableFuture<T> future = new CancellableFuture<>(onCancel);
    Thread thread = new Thread(() -> future.run(work), name);
    thread.setDaemon(true);
    thread.start();
    return future;
  }

  private void run(Supplier<T> work) {
    if (isDone()) {
      return;
    }
    try {
      complete(work.get());
    } catch (Throwable e) { // an Error must reach whoever waits, too
      completeExceptionally(e);
    }
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    if (cancelled && told.compareAndSet(false, true)) {
      onCancel.run();
    }
    return cancelled;
  }
}
