package io.waybill.transfer.tcp.wire;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.time.Duration;
import java.util.zip.CRC32C;

/** A connection to nobody: it reads what a test prepared and keeps what was written. */
public final class ScriptedPeer {
  public static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  public final Connection connection;

  public ScriptedPeer(byte[] toRead) {
    Closeable nothing = () -> {};
    connection =
        new Connection(
            nothing,
            Channels.newChannel(new ByteArrayInputStream(toRead)),
            Channels.newChannel(written),
            PATIENCE);
  }

  public byte[] written() {
    return written.toByteArray();
  }

  /** A control frame as raw bytes, with a right CRC32C whatever the other parts are. */
  public static byte[] frame(int type, int flags, int stream, long transfer, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(16 + payload.length + 4);
    frame.putInt(payload.length).put((byte) type).put((byte) flags).putShort((short) stream);
    frame.putLong(transfer).put(payload);
    CRC32C crc = new CRC32C();
    crc.update(frame.array(), 0, frame.position());
    return frame.putInt((int) crc.getValue()).array();
  }
}
