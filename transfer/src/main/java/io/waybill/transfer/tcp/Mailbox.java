package io.waybill.transfer.tcp;

import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where the frames of one exchange arrive: bulk and its acknowledgements are handled at once, on
 * the thread that read them; the others wait here for whoever began the exchange.
 */
final class Mailbox {
  private static final int MOST = 64;
  private static final long LOOK_MILLIS = 250;

  private final long id;
  private final Wire wire;
  private final Bulk bulk;
  private final Deque<Frame> frames = new ArrayDeque<>();
  private @Nullable IOException failure;
  private boolean isClosed;

  /** Handles frames on the thread that read them. */
  interface Bulk {
    /** Takes a CHUNK, BATCH or an acknowledgement of one. */
    void take(Wire on, Frame frame) throws IOException;

    /** Is told that the exchange cannot go on. */
    void failed(IOException why);

    /** Is told that a further stream is gone. */
    void lost(Wire stream);
  }

  /** For exchanges without bulk. */
  static final Bulk NO_BULK =
      new Bulk() {
        @Override
        public void take(Wire on, Frame frame) throws IOException {
          throw WireException.violation(frame.type() + " was not asked for");
        }

        @Override
        public void failed(IOException why) {}

        @Override
        public void lost(Wire stream) {}
      };

  Mailbox(long id, Wire wire, Bulk bulk) {
    this.id = id;
    this.wire = wire;
    this.bulk = bulk;
  }

  long id() {
    return id;
  }

  /** The stream that the exchange was begun on. */
  Wire wire() {
    return wire;
  }

  Bulk bulk() {
    return bulk;
  }

  /** Puts a frame in; waits while there are many, unless nobody takes any more. */
  synchronized void put(Frame frame) throws IOException {
    while (frames.size() >= MOST && !isClosed) {
      pause();
    }
    frames.add(frame);
    notifyAll();
  }

  /** Ends the exchange with a failure. */
  void fail(IOException why) {
    synchronized (this) {
      if (failure == null) {
        failure = why;
      }
      notifyAll();
    }
    bulk.failed(why);
  }

  /** Nothing is taken any more. */
  synchronized void close() {
    isClosed = true;
    notifyAll();
  }

  /**
   * Waits for the next frame.
   *
   * @param patience how long the peer may say nothing at all
   * @throws WireException what the peer says in an ERROR frame
   */
  synchronized Frame take(String what, Duration patience) throws IOException {
    long since = System.nanoTime();
    while (frames.isEmpty()) {
      if (failure != null) {
        throw failure;
      }
      pause();
      if (frames.isEmpty() && failure == null) {
        wire.requireAlive(what, since, patience);
      }
    }
    Frame frame = frames.remove();
    notifyAll();
    if (frame.type() == FrameType.ERROR) {
      throw Wire.errorOf(frame);
    }
    return frame;
  }

  /**
   * Waits for a frame of a given type while the peer works on something that takes long.
   *
   * @param most how long it may take, whatever the peer says meanwhile
   */
  Frame takeWithin(FrameType type, Duration most) throws IOException {
    long since = System.nanoTime();
    long end = since + most.toNanos();
    synchronized (this) {
      while (frames.isEmpty() && failure == null) {
        if (System.nanoTime() - end > 0) {
          LostException late = LostException.waited("waiting for " + type, most);
          wire.close();
          throw late;
        }
        pause();
        wire.requireAlive(type.name(), since, wire.idle());
      }
    }
    return take(type, most);
  }

  /** Waits for a frame of a given type. */
  Frame take(FrameType type, Duration patience) throws IOException {
    Frame frame = take(type.name(), patience);
    if (frame.type() != type) {
      throw WireException.violation(frame.type() + " came where " + type + " belongs");
    }
    return frame;
  }

  private void pause() throws IOException {
    try {
      TimeUnit.MILLISECONDS.timedWait(this, LOOK_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LostException("interrupted while waiting for the server");
    }
  }
}
