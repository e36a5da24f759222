package io.waybill.jobs.run;

import io.waybill.jobs.CancelScope;
import io.waybill.scheduler.TriggerKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.MDC;

/**
 * Threads that work on one run together. They are ended when the run is, and have all ended when
 * their caller goes on.
 */
final class PartThreads {
  private final RunControl control;
  private final TriggerKind kind;
  private final Runnable stop;

  /**
   * Prepares.
   *
   * @param stop lets the threads end as soon as they have nothing at work; called when one has
   *     failed, and when the run is to end
   */
  PartThreads(RunControl control, TriggerKind kind, Runnable stop) {
    this.control = control;
    this.kind = kind;
    this.stop = stop;
  }

  /**
   * Does something on several threads and waits for them; what one of them throws is thrown when
   * all have ended.
   */
  void run(int threads, Consumer<RunControl> work) {
    if (threads == 0) {
      return;
    }
    String name = Thread.currentThread().getName();
    Map<String, String> whose = MDC.getCopyOfContextMap();
    ExecutorService pool =
        Executors.newFixedThreadPool(threads, task -> new Thread(task, name + "-item"));
    List<Future<?>> parts = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      parts.add(pool.submit(() -> part(work, whose)));
    }
    pool.shutdown();
    awaitOrEnd(parts);
    awaitAll(pool);
    rethrow(parts);
  }

  private void part(Consumer<RunControl> work, Map<String, String> whose) {
    boolean right = false;
    try {
      MDC.setContextMap(whose);
      work.accept(control.part());
      right = true;
    } finally {
      if (!right) {
        stop.run();
      }
      MDC.clear();
    }
  }

  private void awaitOrEnd(List<Future<?>> parts) {
    CancelScope waiting = new CancelScope();
    control.enter(waiting);
    try {
      for (Future<?> part : parts) {
        part.get();
      }
    } catch (InterruptedException e) {
      if (waiting.cause().isEmpty()) {
        control.endByInterrupt(kind);
      }
    } catch (ExecutionException e) {
      stop.run(); // thrown when all have ended
    } finally {
      control.leave();
    }
    if (control.cause().isPresent()) {
      stop.run();
    }
  }

  // What has its connections closed ends; the run is not over before.
  private void awaitAll(ExecutorService pool) {
    boolean ended = false;
    while (!ended) {
      try {
        ended = pool.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        control.endByInterrupt(kind);
        stop.run();
      }
    }
  }

  private static void rethrow(List<Future<?>> parts) {
    for (Future<?> part : parts) {
      try {
        part.get();
      } catch (InterruptedException e) {
        throw new IllegalStateException("all parts have ended", e);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Error error) {
          throw error;
        }
        throw (RuntimeException) e.getCause();
      }
    }
  }
}
