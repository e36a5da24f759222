package io.waybill.transfer.tcp;

import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.Heartbeat;
import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.Wire;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;

/** One connection of a session, with the thread that reads it. */
final class ClientLink implements Closeable {
  // whoever waits for an answer watches the time; between answers there is nothing to wait for
  private static final Duration FOREVER = Duration.ofDays(3650);

  private final Wire wire;
  private final Receiver receiver;
  private final Heartbeat heartbeat;

  /** Takes what arrives. */
  interface Receiver {
    void take(Wire wire, Frame frame) throws IOException;

    /** Whether anything is going on. */
    boolean isBusy();

    /** Is told, once, that nothing more will arrive. */
    void ended(Wire wire, IOException why);
  }

  ClientLink(Wire wire, Receiver receiver) {
    this.wire = wire;
    this.receiver = receiver;
    this.heartbeat = new Heartbeat(wire, receiver::isBusy);
  }

  /** Begins to read. */
  void start() {
    Thread reader = new Thread(this::read, "waybill-client-" + wire.stream());
    reader.setDaemon(true);
    reader.start();
  }

  Wire wire() {
    return wire;
  }

  private void read() {
    try {
      Frame frame = wire.nextOrEnd(FOREVER, "a frame");
      while (frame != null) {
        receiver.take(wire, frame);
        frame = wire.nextOrEnd(FOREVER, "a frame");
      }
      end(new LostException("the server closed the connection"));
    } catch (IOException e) {
      end(e);
    } catch (RuntimeException e) {
      end(new IOException("the client failed", e));
    } finally {
      wire.release();
    }
  }

  private void end(IOException why) {
    try {
      close();
    } catch (IOException e) {
      why.addSuppressed(e);
    }
    wire.fail(why);
    receiver.ended(wire, why);
  }

  @Override
  public void close() throws IOException {
    heartbeat.close();
    wire.close();
  }
}
