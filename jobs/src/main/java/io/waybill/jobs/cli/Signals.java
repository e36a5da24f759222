package io.waybill.jobs.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ctrl-C and SIGTERM, and SIGHUP where somebody asks for it. For a server the first one is waited
 * for, and the second ends the process at once; else the first ends it as ever, and it is noted
 * which it was. A shutdown hook could tell neither.
 */
final class Signals {
  private static final Logger LOG = LoggerFactory.getLogger(Signals.class);
  private final CountDownLatch first = new CountDownLatch(1);
  private final AtomicReference<@Nullable ExitCode> code = new AtomicReference<>();

  private final boolean isWaitedFor;

  private Signals(boolean isWaitedFor) {
    this.isWaitedFor = isWaitedFor;
  }

  /** Starts to listen: the process goes on after the first. */
  static Signals listen() {
    return listening(new Signals(true));
  }

  /** Starts to note which signal ends the process. */
  static Signals noted() {
    return listening(new Signals(false));
  }

  private static Signals listening(Signals signals) {
    signals.handle("INT", () -> signals.came(ExitCode.INTERRUPTED));
    signals.handle("TERM", () -> signals.came(ExitCode.TERMINATED));
    return signals;
  }

  /** Has something done at each SIGHUP, which ends the process otherwise; it must be quick. */
  void onHangup(Runnable act) {
    handle("HUP", act);
  }

  /** Returns what the process ends with; empty if no signal came. */
  Optional<ExitCode> came() {
    return Optional.ofNullable(code.get());
  }

  /** Waits for the first signal and returns what the process ends with. */
  ExitCode await() throws InterruptedException {
    first.await();
    ExitCode came = code.get();
    return came == null ? ExitCode.OTHER : came;
  }

  private void came(ExitCode signal) {
    if (code.compareAndSet(null, signal)) {
      first.countDown();
      if (!isWaitedFor) {
        Runtime.getRuntime().exit(signal.number()); // returns never: it runs the hooks
      }
    } else if (isWaitedFor) {
      LOG.warn("event=ended-at-once reason=\"a second signal\"");
      Runtime.getRuntime().halt(signal.number());
    }
  }

  // sun.misc.Signal is what there is for it in every JDK, and not part of what --release compiles
  private void handle(String name, Runnable act) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      InvocationHandler told =
          (proxy, method, arguments) ->
              switch (method.getName()) {
                case "handle" -> {
                  act.run();
                  yield null;
                }
                case "equals" -> arguments != null && proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> "waybill " + name;
              };
      signal
          .getMethod("handle", signal, handler)
          .invoke(
              null,
              signal.getConstructor(String.class).newInstance(name),
              Proxy.newProxyInstance(
                  Signals.class.getClassLoader(), new Class<?>[] {handler}, told));
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      // then the JVM ends at once, as without us; transfers under way are resumed
      LOG.warn("event=signal-not-handled signal={} reason=\"{}\"", name, e.toString());
    }
  }
}
