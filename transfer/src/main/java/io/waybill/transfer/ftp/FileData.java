package io.waybill.transfer.ftp;

import io.waybill.transfer.remote.ByteSink;
import io.waybill.transfer.remote.ByteSupply;
import io.waybill.transfer.remote.OpenSockets;
import io.waybill.transfer.remote.RemoteFile;
import io.waybill.transfer.remote.StallWatch;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What files hold, read and written over one data connection after another. */
final class FileData {
  private static final int BUFFER_BYTES = 256 << 10;
  // a slow line is not taken for a dead one
  private static final int SENT_BYTES = 64 << 10;
  private static final long SLOWEST_BYTES_PER_SECOND = 10_000_000;

  private final FtpServer server;
  private final ControlSession session;
  private final StallWatch watch;
  private byte @Nullable [] buffer;
  private boolean isInStep = true;

  FileData(FtpServer server, ControlSession session, OpenSockets sockets) {
    this.server = server;
    this.session = session;
    this.watch = sockets.watch();
  }

  /** Says whether the next reply is that to the next command. */
  boolean isInStep() {
    return isInStep;
  }

  /** Returns the session's one buffer; what is in it lasts until the next use. */
  byte[] buffer() {
    byte[] bytes = buffer;
    if (bytes == null) {
      bytes = new byte[BUFFER_BYTES];
      buffer = bytes;
    }
    return bytes;
  }

  void read(RemoteFile file, long offset, ByteSink sink) throws IOException {
    Reading reading = new Reading(file, offset, sink);
    session.overData(reading);
  }

  void write(String path, long offset, long size, ByteSupply supply) throws IOException {
    session.overData(new Writing(path, offset, size, supply));
  }

  private final class Reading implements ControlSession.DataWork<Boolean> {
    private final RemoteFile file;
    private final long offset;
    private final ByteSink sink;
    private long received;

    Reading(RemoteFile file, long offset, ByteSink sink) {
      this.file = file;
      this.offset = offset;
      this.sink = sink;
    }

    @Override
    public boolean isRepeatable() {
      return received == 0;
    }

    @Override
    public Boolean run() throws IOException {
      boolean isEnough = false;
      boolean isAbrupt;
      try (DataChannel channel = session.openData("RETR", file.path(), offset);
          StallWatch.Phase moving = watch.within(server.terms().idleTimeout())) {
        InputStream in = channel.in();
        byte[] bytes = buffer();
        int read = next(in, bytes);
        while (read >= 0 && !isEnough) {
          received += read;
          isEnough = !sink.accept(bytes, read);
          read = isEnough ? -1 : next(in, bytes);
        }
        boolean isAll = offset + received == file.entry().sizeBytes();
        if (isEnough && isAll) {
          // a TLS session that was not ended in order is not resumed
          isEnough = next(in, bytes) >= 0;
        }
        isAbrupt = channel.endedAbruptly();
      }
      if (isEnough) {
        // one reply or two may follow a file that was not read to its end: nobody can tell
        isInStep = false;
        return true;
      }
      finish("RETR", file.entry().sizeBytes());
      if (isAbrupt && offset + received != file.entry().sizeBytes()) {
        throw new EOFException(
            "The data ended after %d bytes without TLS saying that it was all"
                .formatted(offset + received));
      }
      return true;
    }

    // only what the network does may have its reason on the control connection
    private int next(InputStream in, byte[] bytes) throws IOException {
      try {
        int read = in.read(bytes, 0, Math.min(bytes.length, sink.most()));
        watch.moved();
        return read;
      } catch (IOException e) {
        throw session.reason("RETR", e);
      }
    }
  }

  private final class Writing implements ControlSession.DataWork<Boolean> {
    private final String path;
    private final long offset;
    private final long size;
    private final ByteSupply supply;
    private boolean hasBegun;

    Writing(String path, long offset, long size, ByteSupply supply) {
      this.path = path;
      this.offset = offset;
      this.size = size;
      this.supply = supply;
    }

    @Override
    public boolean isRepeatable() {
      return !hasBegun;
    }

    @Override
    public Boolean run() throws IOException {
      try (DataChannel channel = session.openData("STOR", path, offset)) {
        OutputStream out = channel.out();
        byte[] bytes = buffer();
        hasBegun = true;
        try (StallWatch.Phase moving = watch.within(server.terms().idleTimeout())) {
          for (int length = supply.fill(bytes); length > 0; length = supply.fill(bytes)) {
            send(out, bytes, length);
          }
        }
        try (StallWatch.Phase ending = watch.within(server.terms().idleTimeout())) {
          end(channel);
        }
      }
      finish("STOR", size);
      return true;
    }

    private void send(OutputStream out, byte[] bytes, int length) throws IOException {
      try {
        for (int at = 0; at < length; at += SENT_BYTES) {
          out.write(bytes, at, Math.min(SENT_BYTES, length - at));
          watch.moved();
        }
      } catch (IOException e) {
        throw session.reason("STOR", e);
      }
    }

    private void end(DataChannel channel) throws IOException {
      try {
        channel.finish();
      } catch (IOException e) {
        throw session.reason("STOR", e);
      }
    }
  }

  // the server may be busy writing what it has in its cache: max(2 replies, size / 10 MB/s)
  private void finish(String verb, long size) throws IOException {
    long millis =
        Math.max(
            2 * server.terms().replyTimeout().toMillis(),
            Duration.ofSeconds(size / SLOWEST_BYTES_PER_SECOND).toMillis());
    session.patiently(millis, () -> session.client().expectFinalReply(verb));
  }
}
