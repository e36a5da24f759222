package io.waybill.transfer.tcp.tls;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLException;

/** Says that a peer speaks no TLS at all. */
public final class PlaintextException extends SSLException {
  private static final long serialVersionUID = 1L;
  // RFC 8446 5.1: change_cipher_spec, alert, handshake, application_data
  private static final int FIRST_TYPE = 20;
  private static final int LAST_TYPE = 23;

  private final boolean isFrame;

  private PlaintextException(String message, boolean isFrame) {
    super(message);
    this.isFrame = isFrame;
  }

  /** Refuses what cannot be the beginning of a record. */
  static void refuse(ByteBuffer net, String peer) throws PlaintextException {
    if (net.hasRemaining()) {
      int type = Byte.toUnsignedInt(net.get(net.position()));
      if (type < FIRST_TYPE || type > LAST_TYPE) {
        throw new PlaintextException(peer + " speaks plaintext where TLS is expected", type == 0);
      }
    }
  }

  /** Tells whether it looks like a frame of waybill's; control frames begin with a zero. */
  public boolean isFrame() {
    return isFrame;
  }
}
