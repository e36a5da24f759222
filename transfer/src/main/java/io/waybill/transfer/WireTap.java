package io.waybill.transfer;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * Is told what connections send and receive, for debugging.
 *
 * <p>Whoever owns a connection opens a tap for it and hides secrets before telling. A tap never
 * disturbs the connection: it does not throw, and reports its own failures elsewhere. Thread-safe,
 * and so are the taps of its connections.
 */
public interface WireTap {
  /** Listens to nothing and costs nothing. */
  WireTap NONE = (protocol, local, remote) -> Tapped.NONE;

  /** Tells who spoke. */
  enum Direction {
    /** From this end to the other. */
    SENT,
    /** From the other end to this. */
    RECEIVED
  }

  /**
   * Starts to listen to a connection.
   *
   * @param protocol a short name, such as {@code smtp}
   */
  Tapped open(String protocol, InetSocketAddress local, InetSocketAddress remote);

  /** Listens to one connection. */
  interface Tapped {
    /** Listens to nothing. */
    Tapped NONE =
        new Tapped() {
          @Override
          public void sent(ByteBuffer... bytes) {}

          @Override
          public void received(ByteBuffer bytes) {}

          @Override
          public void line(Direction direction, String text) {}

          @Override
          public void closed(String reason) {}
        };

    /** Takes note of what remains in {@code bytes}, whose positions stay as they are. */
    void sent(ByteBuffer... bytes);

    /** Takes note of what remains in {@code bytes}, whose position stays as it is. */
    void received(ByteBuffer bytes);

    /** Takes note of one line of a dialogue, or of one frame, put into words. */
    void line(Direction direction, String text);

    /** Takes note of the end; calls after the first have no effect. */
    void closed(String reason);
  }
}
