package io.waybill.transfer.sftp;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;

/** Packets over one channel. Lengths are checked before anything is read into memory. */
final class SftpWire {
  /** The longest packet that is read: the largest data asked for, and room for its head. */
  static final int LONGEST_PACKET = (256 << 10) + 1024;

  private static final int TYPE_AND_ID = 5;

  private final Inbox in;
  private final OutputStream out;
  private byte[] body = new byte[4 << 10];
  private int lastId;

  SftpWire(Inbox in, OutputStream out) {
    this.in = in;
    this.out = out;
  }

  /** Sends a request and returns its id. */
  int send(Request request) throws IOException {
    return send(request, new byte[0], 0);
  }

  /** Sends a request whose fields are followed by data, and returns its id. */
  int send(Request request, byte[] data, int length) throws IOException {
    int id = ++lastId;
    request.seal(id, length);
    out.write(request.bytes(), 0, request.length());
    out.write(data, 0, length);
    out.flush();
    return id;
  }

  /** Says whether a reply has begun to come. */
  boolean hasReply() {
    return in.hasBytes();
  }

  /** Waits for the next reply, at most so long for the whole of it. */
  Reply receive(Duration patience) throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    byte[] head = new byte[4 + TYPE_AND_ID];
    in.readFully(head, 0, head.length, deadline);
    ByteBuffer fields = ByteBuffer.wrap(head);
    int length = fields.getInt();
    if (length < TYPE_AND_ID || length > LONGEST_PACKET) {
      throw new SftpProtocolException(
          "A packet of %d bytes; something else than an SFTP server may have answered"
              .formatted(Integer.toUnsignedLong(length)));
    }
    int rest = length - TYPE_AND_ID;
    if (rest > body.length) {
      body = new byte[Math.max(rest, Math.min(2 * body.length, LONGEST_PACKET))];
    }
    in.readFully(body, 0, rest, deadline);
    return new Reply(fields.get() & 0xff, fields.getInt(), body, rest);
  }
}
