package io.waybill.transfer.http;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.http.HttpClient;
import org.jspecify.annotations.Nullable;

/** Ends a client with its connections, which Java can from 21 on. */
final class ClientShutdown {
  private static final @Nullable MethodHandle SHUTDOWN = find();

  private ClientShutdown() {}

  /** Does it, or nothing on an older Java. */
  static void now(HttpClient client) {
    MethodHandle shutdown = SHUTDOWN;
    if (shutdown == null) {
      return;
    }
    try {
      shutdown.invokeExact(client);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("shutdownNow throws nothing checked", e);
    }
  }

  private static @Nullable MethodHandle find() {
    try {
      return MethodHandles.publicLookup()
          .findVirtual(HttpClient.class, "shutdownNow", MethodType.methodType(void.class));
    } catch (NoSuchMethodException | IllegalAccessException e) {
      return null; // a JDK before 21
    }
  }
}
