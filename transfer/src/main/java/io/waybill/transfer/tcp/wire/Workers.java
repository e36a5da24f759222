package io.waybill.transfer.tcp.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A thread per connection: virtual where the running JDK has them (21+), pooled elsewhere. */
public final class Workers {
  private Workers() {}

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
}
