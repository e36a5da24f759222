package io.waybill.transfer.tcp.wire;

import io.waybill.transfer.WireTap;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Frames both ways over one connection: one thread reads, any may send. What is sent in bulk waits
 * for the peer's credit.
 */
public final class Wire implements Closeable {
  private final Connection connection;
  private volatile BufferBudget chunks;
  private final FrameReader reader;
  private final FrameWriter writer;
  private final ReentrantLock sending = new ReentrantLock();
  private final Credit credit = new Credit();
  private volatile long lastSent = System.nanoTime();
  private volatile long lastGiven = System.nanoTime();
  private volatile int stream;
  private volatile @Nullable FrameTap tap;
  private @Nullable Window window;
  private boolean isClosed;

  /**
   * Frames a connection.
   *
   * @param chunks where buffers for chunks come from, read and sent
   */
  public Wire(Connection connection, BufferBudget chunks) {
    this.connection = connection;
    this.chunks = chunks;
    this.reader = new FrameReader(connection, chunks);
    this.writer = new FrameWriter(connection);
  }

  /** Tells a tap about every frame from now on, and about the end; called before any is sent. */
  public Wire tapped(WireTap.Tapped listener) {
    if (listener != WireTap.Tapped.NONE) {
      FrameTap frames = new FrameTap(listener);
      reader.setTap(frames);
      writer.setTap(frames);
      tap = frames;
    }
    return this;
  }

  public void send(FrameType type, long transfer, FieldsBuilder fields) throws IOException {
    send(type, 0, transfer, fields);
  }

  public void send(FrameType type, int flags, long transfer, FieldsBuilder fields)
      throws IOException {
    sending.lock();
    try {
      writer.control(type, flags, transfer, fields);
      lastSent = System.nanoTime();
    } finally {
      sending.unlock();
    }
  }

  /** Lets the peer know, now and then, that there is long work going on here. */
  public void keepAlive() throws IOException {
    if (isSilent() && sending.tryLock()) { // whoever holds it is sending
      try {
        writer.control(FrameType.KEEPALIVE, 0, 0, new FieldsBuilder());
        lastSent = System.nanoTime();
      } finally {
        sending.unlock();
      }
    }
  }

  /** Whether nothing was sent for so long that the peer should hear something. */
  boolean isSilent() {
    Duration due = connection.idle().dividedBy(4);
    Duration most = Limits.KEEPALIVE.compareTo(due) < 0 ? Limits.KEEPALIVE : due;
    return System.nanoTime() - lastSent > most.toNanos();
  }

  /**
   * Sends a bulk frame as soon as the peer's credit covers it.
   *
   * @param cost what it takes of the credit
   * @return whether it had to wait for credit
   * @throws LostException if nothing at all came from the peer for too long
   */
  public boolean sendBulk(FrameType type, int flags, long transfer, Bulk bulk, long cost)
      throws IOException {
    boolean hasWaited = credit.take(cost, pulse("an acknowledgement"));
    sending.lock();
    try {
      int starved = hasWaited && type == FrameType.CHUNK ? FrameType.STARVED : 0;
      writer.bulk(type, flags | starved, transfer, bulk.head(), bulk.body(), bulk.crc32c());
      lastSent = System.nanoTime();
    } finally {
      sending.unlock();
    }
    return hasWaited;
  }

  /**
   * What a bulk frame carries.
   *
   * @param head 16 bytes; its position stays, as that of the body does
   * @param body from its position to its limit
   * @param crc32c of the body
   */
  public record Bulk(ByteBuffer head, ByteBuffer body, int crc32c) {}

  private Credit.Pulse pulse(String what) {
    long since = System.nanoTime();
    return () -> requireAcknowledging(what, since);
  }

  /**
   * Checks that the peer lives and acknowledges something of what was sent, now and then; ends the
   * connection if it does not.
   *
   * @param since when the wait began, in {@link System#nanoTime}
   * @throws LostException if nothing came for too long, or nothing but signs of life
   */
  public void requireAcknowledging(String what, long since) throws IOException {
    requireAlive(what, since, connection.idle());
    Duration most = connection.idle().multipliedBy(Limits.IDLES_WITHOUT_ACKNOWLEDGEMENT);
    long given = lastGiven;
    long last = given - since > 0 ? given : since;
    if (System.nanoTime() - last > most.toNanos()) {
      throw ended(LostException.waited("waiting for " + what, most));
    }
  }

  /**
   * Checks that the peer said something lately; ends the connection if it did not.
   *
   * @param since when the wait began, in {@link System#nanoTime}
   * @throws LostException if nothing came for longer than allowed
   */
  public void requireAlive(String what, long since, Duration allowed) throws IOException {
    long heard = connection.lastRead();
    long last = heard - since > 0 ? heard : since;
    if (System.nanoTime() - last > allowed.toNanos()) {
      throw ended(LostException.waited("waiting for " + what, allowed));
    }
  }

  private LostException ended(LostException why) {
    try {
      close();
    } catch (IOException e) {
      why.addSuppressed(e);
    }
    return why;
  }

  /** Takes what an acknowledgement gives back, or a HELLO gives at the start. */
  public void giveCredit(long bytes) throws WireException {
    lastGiven = System.nanoTime();
    credit.give(bytes);
  }

  /** What the windows of one session's connections have together. */
  public static final class Windows {
    private final Window.Room room = new Window.Room();
  }

  /** Lets the window of what is received grow, in the bounds of a session. */
  public synchronized void growWithin(Windows session) {
    if (window == null && !isClosed) {
      window = new Window(session.room, System.nanoTime());
    }
  }

  /**
   * What to give back for a CHUNK that was read last: its cost, or more.
   *
   * @param cost what it took of the credit
   */
  public synchronized long creditFor(Frame chunk, long cost) {
    Window growing = window;
    if (growing == null) {
      return cost;
    }
    boolean isStarved = chunk.has(FrameType.STARVED);
    return cost + growing.arrived(cost, isStarved, reader.waitedNanos(), System.nanoTime());
  }

  private synchronized void closeWindow() {
    isClosed = true;
    Window growing = window;
    window = null;
    if (growing != null) {
      growing.close();
    }
  }

  /** Ends every wait for credit. */
  public void fail(IOException why) {
    credit.fail(why);
  }

  /** Tells the peer what went wrong; transfer 0 is the whole session. */
  public void sendError(long transfer, WireException error) throws IOException {
    String message = error.getMessage() == null ? error.code().name() : error.getMessage();
    send(
        FrameType.ERROR,
        transfer,
        new FieldsBuilder()
            .number(Tag.ERROR_CODE, error.code().wire())
            .number(Tag.ERROR_CLASS, error.errorClass().wire())
            .number(Tag.RETRY_AFTER, error.retryAfter().toMillis())
            .text(Tag.MESSAGE, message.substring(0, Math.min(message.length(), 1000))));
  }

  /** Reads the next frame; null if the peer closed the connection. */
  public @Nullable Frame nextOrEnd(Duration patience, String what) throws IOException {
    return reader.next(patience, what);
  }

  /** Gives back what the last bulk frame was in. */
  public void release() {
    reader.release();
  }

  /**
   * Reads the next frame.
   *
   * @throws WireException what the peer says in an ERROR frame
   * @throws LostException if the peer closed the connection
   */
  public Frame next(Duration patience, String what) throws IOException {
    Frame frame = reader.next(patience, what);
    if (frame == null) {
      throw new LostException("the connection was closed while waiting for " + what);
    }
    if (frame.type() == FrameType.ERROR) {
      throw errorOf(frame);
    }
    return frame;
  }

  /** What an ERROR frame says. */
  public static WireException errorOf(Frame frame) throws WireException {
    Fields fields = frame.fields();
    long retryAfter = fields.optionalNumber(Tag.RETRY_AFTER).orElse(0);
    return new WireException(
        ErrorCode.of(fields.number(Tag.ERROR_CODE)),
        ErrorClass.of(fields.number(Tag.ERROR_CLASS)),
        fields.text(Tag.MESSAGE),
        Duration.ofMillis(Math.max(0, Math.min(retryAfter, Duration.ofHours(1).toMillis()))),
        true);
  }

  /** Takes buffers for chunks from a user's share from now on; before login there are none. */
  public void setBuffers(BufferBudget share) {
    chunks = share;
    reader.setBuffers(share);
  }

  /** Where buffers for chunks come from. */
  public BufferBudget chunks() {
    return chunks;
  }

  /**
   * Lifts the limits that hold before login.
   *
   * @param number of this connection within its session
   */
  public void allowSession(int chunkLimit, int number) {
    stream = number;
    reader.allowSession(chunkLimit, number);
    writer.setStream(number);
  }

  /** The number of this connection within its session. */
  public int stream() {
    return stream;
  }

  public void setDeadline(String what, Duration allowed) {
    connection.setDeadline(what, allowed);
  }

  public void clearDeadline() {
    connection.clearDeadline();
  }

  /** Longest time without a byte inside a frame or write, and for an answer. */
  public Duration idle() {
    return connection.idle();
  }

  @Override
  public void close() throws IOException {
    credit.fail(new LostException("closed"));
    closeWindow();
    FrameTap told = tap;
    if (told != null) {
      told.closed("by this end");
    }
    connection.close();
  }
}
