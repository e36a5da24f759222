package io.waybill.transfer.tcp.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The threads behind connections. */
public final class Workers {
  private Workers() {}

  /** A thread per task: virtual where the running JDK has them (21+), pooled elsewhere. */
  public static ExecutorService create() {
    try {
      return (ExecutorService)
          MethodHandles.publicLookup()
              .findStatic(
                  Executors.class,
                  "newVirtualThreadPerTaskExecutor",
                  MethodType.methodType(ExecutorService.class))
              .invokeExact();
    } catch (NoSuchMethodException e) {
      return Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "waybill-session");
            thread.setDaemon(true);
            return thread;
          });
    } catch (Throwable e) {
      throw new LinkageError("newVirtualThreadPerTaskExecutor", e);
    }
  }

  /**
   * One thread that looks at things now and then, and is gone while there is nothing to look at.
   */
  static ScheduledThreadPoolExecutor clock(String name) {
    ScheduledThreadPoolExecutor clock =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    clock.setRemoveOnCancelPolicy(true);
    clock.setKeepAliveTime(3, TimeUnit.SECONDS);
    clock.allowCoreThreadTimeOut(true);
    return clock;
  }
}
