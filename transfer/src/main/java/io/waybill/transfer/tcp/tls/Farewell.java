package io.waybill.transfer.tcp.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;

/** Sends close_notify (RFC 8446 6.1) without waiting for a peer that takes nothing. */
final class Farewell {
  private static final long LONGEST_MILLIS = 1000;

  private Farewell() {}

  static void say(SSLEngine engine, ByteBuffer net, WritableByteChannel out, boolean isRead) {
    try {
      engine.closeOutbound();
      net.clear();
      engine.wrap(ByteBuffer.allocate(0), net);
      net.flip();
      if (out instanceof SocketChannel socket && !isRead) {
        // nobody else uses it: the lock is held, and it is closed next
        socket.configureBlocking(false);
        socket.write(net);
      } else {
        bounded(net, out);
      }
    } catch (IOException e) {
      // a connection that is gone takes no farewell; closing it goes on, and the peer
      // reports the missing close_notify itself
      return;
    }
  }

  private static void bounded(ByteBuffer net, WritableByteChannel out) {
    Thread writer =
        new Thread(
            () -> {
              try {
                out.write(net);
              } catch (IOException e) {
                return; // as above
              }
            },
            "waybill-tls-farewell");
    writer.setDaemon(true);
    writer.start();
    try {
      TimeUnit.MILLISECONDS.timedJoin(writer, LONGEST_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
