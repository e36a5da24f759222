package io.waybill.scheduler.store;

import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Does work on threads of its own, which nobody interrupts, and waits for its end whatever happens
 * to the caller's thread.
 *
 * <p>H2 does not survive an interrupt: it closes the whole database under every thread, from the
 * middle of a commit, and a store that is opened again in the same process counts its free space
 * wrong. A thread that runs a step is interrupted whenever somebody cancels it.
 */
final class Uninterrupted implements AutoCloseable {
  private final ExecutorService threads = Executors.newCachedThreadPool(new Carriers());

  /** Something that returns a value or fails in its own way. */
  @FunctionalInterface
  interface Work<T, X extends Exception> {
    T run() throws X;
  }

  /** Returns what the work returns, and throws what it throws. */
  <T, X extends Exception> T call(Work<T, X> work) throws X {
    if (Thread.currentThread() instanceof Carrier) {
      return work.run();
    }
    Future<T> running;
    try {
      running = threads.submit(work::run);
    } catch (RejectedExecutionException e) {
      return work.run(); // which the closed pool refuses
    }
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return running.get();
        } catch (InterruptedException e) {
          // the caller finds it in its flag, once the store is done with
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      @SuppressWarnings("unchecked") // unchecked ones pass, whatever X is
      X failure = (X) Objects.requireNonNull(e.getCause());
      throw failure;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Ends the threads; what is still asked of the store is then done on the caller's. */
  @Override
  public void close() {
    threads.shutdown();
  }

  private static final class Carriers implements ThreadFactory {
    private final AtomicInteger made = new AtomicInteger();

    @Override
    public Thread newThread(Runnable work) {
      return new Carrier(work, "waybill-store-" + made.incrementAndGet());
    }
  }

  private static final class Carrier extends Thread {
    Carrier(Runnable work, String name) {
      super(work, name);
      setDaemon(true);
    }
  }
}
