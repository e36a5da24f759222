package io.waybill.jobs;

import java.io.Closeable;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open things of one attempt. An interrupt does not end a socket read; closing the socket does.
 * Whoever opens something that can block registers it here; {@link #cancel} closes all of them, and
 * everything that is registered later at once.
 */
public final class CancelScope {
  private static final Logger LOG = LoggerFactory.getLogger(CancelScope.class);
  private final Set<Closeable> open = new LinkedHashSet<>();
  private @Nullable Cause cause;

  /** Why an attempt is ended from outside. */
  public enum Cause {
    /** It took longer than its timeout. */
    TIMED_OUT,
    /** A person wants it to end. */
    CANCELLED,
    /** The process ends; the run goes on in the next one. */
    SHUTDOWN,
    /** Another node has taken the run over; nothing more may be written. */
    LOST
  }

  /**
   * Registers something to be closed when the attempt is cancelled.
   *
   * @return takes it out again; call it when the resource was closed by its owner
   */
  public Registration register(Closeable resource) {
    synchronized (this) {
      if (cause == null) {
        open.add(resource);
        return () -> remove(resource);
      }
    }
    closeQuietly(resource);
    return () -> {};
  }

  /** Closes everything registered, now and later. The first cause stands. */
  public void cancel(Cause why) {
    Set<Closeable> victims;
    synchronized (this) {
      if (cause != null) {
        return;
      }
      cause = why;
      victims = new LinkedHashSet<>(open);
      open.clear();
    }
    victims.forEach(CancelScope::closeQuietly);
  }

  /** Returns why the attempt was ended from outside; empty while it was not. */
  public synchronized Optional<Cause> cause() {
    return Optional.ofNullable(cause);
  }

  private synchronized void remove(Closeable resource) {
    open.remove(resource);
  }

  // Nobody waits for this close's outcome: the owner of the resource sees the failure of its own
  // call.
  private static void closeQuietly(Closeable resource) {
    try {
      resource.close();
    } catch (IOException | RuntimeException e) {
      LOG.debug("event=cancel-close-failed resource={}", resource.getClass().getSimpleName(), e);
    }
  }

  /** Takes a resource out of the scope. */
  @FunctionalInterface
  public interface Registration extends AutoCloseable {
    @Override
    void close();
  }
}
