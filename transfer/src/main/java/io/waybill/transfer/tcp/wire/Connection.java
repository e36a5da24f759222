package io.waybill.transfer.tcp.wire;

import io.waybill.transfer.Pacer;
import java.io.Closeable;
import java.io.IOException;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One byte stream to a peer, with a limit on every wait. The frames above see only this class, so a
 * secured channel takes the place of the plain one here and nowhere else.
 *
 * <p>One thread reads and one at a time writes, at once; any thread may close, which ends a blocked
 * call.
 */
public final class Connection implements Closeable {
  /** Most bytes handed to one write, so that a slow peer shows progress often enough. */
  private static final int WRITE_SLICE_BYTES = 256 << 10;

  private final Closeable socket;
  private final ReadableByteChannel in;
  private final WritableByteChannel out;
  private final @Nullable GatheringByteChannel gathering;
  private final Watchdog watchdog;
  private final Duration idle;
  private volatile long lastRead = System.nanoTime();
  private long waitedNanos; // of the thread that reads
  private volatile @Nullable Pacer inward;
  private volatile @Nullable Pacer outward;

  public Connection(
      Closeable socket, ReadableByteChannel in, WritableByteChannel out, Duration idle) {
    this(socket, socket, in, out, idle);
  }

  // a wait that lasts too long is ended below any security layer, whose own close may wait itself
  private Connection(
      Closeable socket,
      Closeable below,
      ReadableByteChannel in,
      WritableByteChannel out,
      Duration idle) {
    this.socket = socket;
    this.in = in;
    this.out = out;
    this.gathering = out instanceof GatheringByteChannel both ? both : null;
    this.watchdog = new Watchdog(below);
    this.idle = idle;
  }

  /** The two directions of a connected socket. */
  public record Directions(ReadableByteChannel in, WritableByteChannel out) {

    /** Takes a socket's channel if it has one, else its streams. */
    public static Directions of(Socket socket) throws IOException {
      socket.setTcpNoDelay(true);
      socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
      SocketChannel channel = socket.getChannel();
      return channel != null
          ? new Directions(channel, channel)
          : new Directions(
              Channels.newChannel(socket.getInputStream()),
              Channels.newChannel(socket.getOutputStream()));
    }
  }

  /**
   * Takes over a connected socket, as it is.
   *
   * @param idle longest time without a byte inside a frame or write
   */
  public static Connection of(Socket socket, Duration idle) throws IOException {
    Directions both = Directions.of(socket);
    return new Connection(socket, both.in, both.out, idle);
  }

  /**
   * Takes over a connected socket with a security layer above it.
   *
   * @param layer closed in the socket's place; closes that too
   * @param idle longest time without a byte inside a frame or write
   */
  public static <C extends ReadableByteChannel & WritableByteChannel> Connection secured(
      Socket socket, C layer, Duration idle) {
    return new Connection(layer, socket, layer, layer, idle);
  }

  /** What is done before the first frame. */
  @FunctionalInterface
  public interface Opening {
    void run() throws IOException;
  }

  /**
   * Does what comes before the first frame, within a time.
   *
   * @throws LostException if it took longer
   */
  public void open(String what, Duration allowed, Opening opening) throws IOException {
    watchdog.setDeadline(what, allowed);
    try {
      opening.run();
    } catch (IOException e) {
      if (watchdog.expired() != null) {
        throw LostException.of(e, watchdog.expired());
      }
      throw e;
    } finally {
      watchdog.clearDeadline();
    }
  }

  /** Keeps both directions to rates; what is read slowly is sent slowly, that is TCP's work. */
  public void pace(Pacer reading, Pacer writing) {
    inward = reading.isUnlimited() ? null : reading;
    outward = writing.isUnlimited() ? null : writing;
  }

  /** Longest time without a byte inside a frame or write. */
  public Duration idle() {
    return idle;
  }

  /** Reads some bytes, at least one; -1 at the end of the stream. */
  public int read(ByteBuffer into, Duration allowed, String what) throws IOException {
    Pacer pacer = inward;
    int limit = into.limit();
    if (pacer != null) {
      into.limit(into.position() + (int) Math.min(pacer.burstBytes(), into.remaining()));
    }
    watchdog.startReading(what, allowed);
    int read;
    long begun = System.nanoTime();
    try {
      read = in.read(into);
      lastRead = System.nanoTime();
      waitedNanos += lastRead - begun;
    } catch (IOException e) {
      throw LostException.of(e, watchdog.expired());
    } finally {
      watchdog.stopReading();
      into.limit(limit);
    }
    if (pacer != null && read > 0) {
      pacer.pass(read);
      lastRead = System.nanoTime(); // the peer was not silent, it was not listened to
    }
    return read;
  }

  /** How long bytes were waited for in all, but for what a rate limit took; the reader asks. */
  long waitedNanos() {
    return waitedNanos;
  }

  /** When the last byte came, in {@link System#nanoTime}. */
  public long lastRead() {
    return lastRead;
  }

  /** Writes all of the parts, one after the other. */
  public void write(ByteBuffer... parts) throws IOException {
    try {
      for (int first = 0; first < parts.length; ) {
        if (parts[first].hasRemaining()) {
          writeSlice(parts, first);
        } else {
          first++;
        }
      }
    } catch (IOException e) {
      throw LostException.of(e, watchdog.expired());
    } finally {
      watchdog.stopWriting();
    }
  }

  private void writeSlice(ByteBuffer[] parts, int first) throws IOException {
    Pacer pacer = outward;
    int room = WRITE_SLICE_BYTES;
    if (pacer != null) {
      room = (int) Math.min(room, pacer.burstBytes());
      watchdog.stopWriting();
      pacer.pass(Math.min(room, remaining(parts, first)));
    }
    watchdog.startWriting("sending", idle);
    if (gathering == null) {
      ByteBuffer part = parts[first];
      int limit = part.limit();
      part.limit(part.position() + Math.min(room, part.remaining()));
      try {
        out.write(part);
      } finally {
        part.limit(limit);
      }
      return;
    }
    int last = first;
    for (; last < parts.length - 1 && parts[last].remaining() <= room; last++) {
      room -= parts[last].remaining();
    }
    ByteBuffer cut = parts[last];
    int limit = cut.limit();
    cut.limit(cut.position() + Math.min(room, cut.remaining()));
    try {
      gathering.write(parts, first, last - first + 1);
    } finally {
      cut.limit(limit);
    }
  }

  private static int remaining(ByteBuffer[] parts, int first) {
    long all = 0;
    for (int i = first; i < parts.length; i++) {
      all += parts[i].remaining();
    }
    return (int) Math.min(all, Integer.MAX_VALUE);
  }

  /** Sets the end of a whole phase, such as the login, which no progress moves. */
  public void setDeadline(String what, Duration allowed) {
    watchdog.setDeadline(what, allowed);
  }

  public void clearDeadline() {
    watchdog.clearDeadline();
  }

  @Override
  public void close() throws IOException {
    watchdog.close();
    socket.close();
  }
}
