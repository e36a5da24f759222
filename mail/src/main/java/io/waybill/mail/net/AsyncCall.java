package io.waybill.mail.net;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Runs a guarded call on a thread of its own, so that cancelling its future closes its socket. */
public final class AsyncCall {
  private AsyncCall() {}

  /** Starts the call; the guard that it is given ends with it. */
  public static <T> CompletableFuture<T> start(
      String threadName, Duration deadline, Function<CallGuard, T> call) {
    CallGuard guard = CallGuard.start(deadline);
    CompletableFuture<T> future = new Guarded<>(guard);
    Thread thread = new Thread(() -> run(future, guard, call), threadName);
    thread.setDaemon(true);
    thread.start();
    return future;
  }

  private static <T> void run(
      CompletableFuture<T> future, CallGuard guard, Function<CallGuard, T> call) {
    try (guard) {
      future.complete(call.apply(guard));
    } catch (RuntimeException | Error e) {
      future.completeExceptionally(e);
    }
  }

  private static final class Guarded<T> extends CompletableFuture<T> {
    private final CallGuard guard;

    Guarded(CallGuard guard) {
      this.guard = guard;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      boolean cancelled = super.cancel(mayInterruptIfRunning);
      if (cancelled) {
        guard.cancel();
      }
      return cancelled;
    }
  }
}
