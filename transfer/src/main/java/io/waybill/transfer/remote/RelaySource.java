package io.waybill.transfer.remote;

import io.waybill.transfer.Digest;
import io.waybill.transfer.Location;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.file.PlainDigest;
import java.io.IOException;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A file of one endpoint that is sent to another as it is read. */
final class RelaySource implements UploadSource {
  private final Lease lease;
  private final RemoteFile file;
  private final Reconnects reconnects;
  private @Nullable RelayStream stream;

  private RelaySource(Lease lease, RemoteFile file, Reconnects reconnects) {
    this.lease = lease;
    this.file = file;
    this.reconnects = reconnects;
  }

  /** Looks at the file; the lease is this one's until it is closed. */
  static RelaySource open(Lease lease, String path) {
    Reconnects reconnects = new Reconnects(lease.endpoint());
    RemoteFile file = lease.resuming(path, reconnects, session -> look(lease, session, path));
    return new RelaySource(lease, file, reconnects);
  }

  private static RemoteFile look(Lease lease, RemoteSession session, String path)
      throws IOException {
    return RemoteDownload.look(lease.endpoint(), session, path);
  }

  @Override
  public SourceIdentity identity() {
    return file.identity();
  }

  @Override
  public OptionalInt mode() {
    return file.entry().mode();
  }

  @Override
  public Location location() {
    return lease.endpoint().location(file.path());
  }

  @Override
  public String shown() {
    return lease.endpoint().shown(file.path());
  }

  @Override
  public String place() {
    return lease.endpoint().account() + " " + file.path();
  }

  @Override
  public ByteSupply from(long offset) {
    endStream();
    RelayStream next = new RelayStream(sink -> read(offset, sink));
    stream = next;
    return next;
  }

  private void endStream() {
    RelayStream last = stream;
    stream = null;
    if (last != null) {
      reconnects.stop(); // it may wait a minute for its next try
      try {
        last.close();
      } finally {
        reconnects.goOn();
      }
    }
  }

  @Override
  public void read(long from, long to, ByteSink sink) {
    endStream(); // of an earlier try: the lease is for one thread at a time
    if (from >= to) {
      return;
    }
    long[] left = {to - from};
    read(
        from,
        (bytes, count) -> {
          int more = (int) Math.min(count, left[0]);
          left[0] -= more;
          return sink.accept(bytes, more) && left[0] > 0;
        });
  }

  @Override
  public Digest digest(Digest.Algorithm algorithm) {
    if (algorithm == Digest.Algorithm.SHA_256_TREE) {
      throw new TransferException.Configuration(
          "the tree digest cannot be told of a file that is copied from one server to another; use sha-256");
    }
    PlainDigest digest = new PlainDigest(algorithm);
    read(
        0,
        identity().sizeBytes(),
        (bytes, count) -> {
          digest.update(bytes, 0, count);
          return true;
        });
    return digest.digest();
  }

  /** Reads from a position until the sink has enough, over as many sessions as it takes. */
  private void read(long offset, ByteSink sink) {
    RelayReading reading = new RelayReading(file, shown(), offset, reconnects, sink);
    lease.actResuming(file.path(), reconnects, reading::goOn);
  }

  @Override
  public void requireUnchanged() {
    endStream();
    RemoteFile now =
        lease.resuming(file.path(), reconnects, session -> look(lease, session, file.path()));
    if (!now.identity().equals(identity())) {
      throw new TransferException.Integrity(
          lease.endpoint().shown(file.path()),
          identity().toString(),
          now.identity().toString(),
          lease.endpoint().shown(file.path())
              + " changed while it was copied; nothing was published",
          null);
    }
  }

  @Override
  public int reconnects() {
    return reconnects.count();
  }

  @Override
  public void close() {
    endStream();
  }
}
