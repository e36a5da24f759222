package io.waybill.transfer.sftp;

import io.waybill.transfer.remote.ByteSupply;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes a file with many requests on the way at once. */
final class WriteAhead {
  /** How many requests are on the way. */
  static final int REQUESTS = 64;

  private final SftpClient client;
  private final byte[] handle;
  private final Duration patience;
  private final Runnable moved;
  private final Set<Integer> asked = new HashSet<>();
  private @Nullable SftpStatusException refusal;

  /**
   * Prepares.
   *
   * @param patience the longest wait for one reply
   * @param moved called when bytes have gone or were taken
   */
  WriteAhead(SftpClient client, byte[] handle, Duration patience, Runnable moved) {
    this.client = client;
    this.handle = handle;
    this.patience = patience;
    this.moved = moved;
  }

  /** Writes all there is, and waits until the server has taken it. */
  void run(long from, ByteSupply supply) throws IOException {
    byte[] data = new byte[client.writeBytes()];
    long offset = from;
    for (int length = supply.fill(data); length > 0; length = supply.fill(data)) {
      Request request = new Request(Fxp.WRITE).string(handle).int64(offset).int32(length);
      asked.add(client.wire().send(request, data, length));
      moved.run();
      offset += length;
      while (asked.size() >= REQUESTS || client.wire().hasReply()) {
        take();
      }
      if (refusal != null) {
        break;
      }
    }
    while (!asked.isEmpty()) {
      take();
    }
    if (refusal != null) {
      throw refusal;
    }
  }

  private void take() throws IOException {
    Reply reply = client.wire().receive(patience);
    if (!asked.remove(reply.id())) {
      throw new SftpProtocolException("A reply to request " + reply.id() + ", which nobody sent");
    }
    moved.run();
    try {
      reply.requireOk("WRITE");
    } catch (SftpStatusException e) {
      if (refusal == null) {
        refusal = e;
      }
    }
  }
}
