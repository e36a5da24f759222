package io.waybill.transfer.trace;

import io.waybill.transfer.WireTap.Direction;
import io.waybill.transfer.WireTap.Tapped;
import java.nio.ByteBuffer;

/**
 * Tells a tap what one socket carries: a dialogue until TLS begins, or content. Calls of several
 * threads take turns.
 */
final class SocketTap {
  // the record of a TLS ClientHello; no line protocol begins a line so
  private static final int TLS_HANDSHAKE = 0x16;
  private static final int TLS_MAJOR = 0x03;

  private final Tapped raw;
  private final Tapped dialogue;
  private boolean isDialogue;
  private boolean isClosed;
  private long sentBytes;
  private long receivedBytes;

  SocketTap(Tapped raw, Tapped dialogue, boolean isDialogue) {
    this.raw = raw;
    this.dialogue = dialogue;
    this.isDialogue = isDialogue;
  }

  synchronized void sent(ByteBuffer bytes) {
    sentBytes += bytes.remaining();
    if (isDialogue && isClientHello(bytes)) {
      isDialogue = false;
      raw.line(Direction.SENT, "TLS begins here; what it protects is not shown");
    }
    (isDialogue ? dialogue : raw).sent(bytes);
  }

  synchronized void received(ByteBuffer bytes) {
    receivedBytes += bytes.remaining();
    (isDialogue ? dialogue : raw).received(bytes);
  }

  synchronized void closed(String reason) {
    if (isClosed) {
      return;
    }
    isClosed = true;
    (isDialogue ? dialogue : raw)
        .closed(reason + "; " + sentBytes + " bytes sent, " + receivedBytes + " received");
  }

  private static boolean isClientHello(ByteBuffer bytes) {
    int at = bytes.position();
    return bytes.remaining() >= 2
        && bytes.get(at) == TLS_HANDSHAKE
        && bytes.get(at + 1) == TLS_MAJOR;
  }
}
