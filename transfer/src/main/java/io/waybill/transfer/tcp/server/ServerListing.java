package io.waybill.transfer.tcp.server;

import io.waybill.transfer.tcp.exchange.Entries;
import io.waybill.transfer.tcp.wire.ExchangeEndedException;
import io.waybill.transfer.tcp.wire.Fields;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A listing that goes on as the client asks for pages. */
final class ServerListing implements ServerTransfers.Exchange {
  private static final int MOST_PAGES = 64;

  private final Wire wire;
  private final long id;
  private final String path;
  private final boolean isRecursive;
  private final Semaphore pages;
  private volatile boolean isClosed;

  ServerListing(Wire wire, Frame frame) throws WireException {
    Fields fields = frame.fields();
    this.wire = wire;
    this.id = frame.transfer();
    this.path = fields.text(Tag.PATH);
    this.isRecursive = frame.has(FrameType.RECURSIVE);
    this.pages = new Semaphore((int) fields.number(Tag.CREDIT, 1, MOST_PAGES));
  }

  /** Lists; waits for the client before each page that it has not asked for. */
  void run(ServerFiles files, Duration patience) throws IOException {
    Entries entries = new Entries(wire, id, () -> awaitPage(patience));
    files.list(path, isRecursive, entries::add);
    entries.end();
  }

  private void awaitPage(Duration patience) throws IOException {
    try {
      if (!pages.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS) || isClosed) {
        throw new ExchangeEndedException("the client asked for no more of the listing of " + path);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LostException("interrupted");
    }
  }

  /** NEXT: more pages. */
  void next(Frame frame) throws WireException {
    int more = (int) frame.fields().number(Tag.CREDIT, 1, MOST_PAGES);
    if (pages.availablePermits() + more > MOST_PAGES) {
      throw WireException.violation("more than " + MOST_PAGES + " pages asked for");
    }
    pages.release(more);
  }

  @Override
  public String path() {
    return path.isEmpty() ? "the root" : path;
  }

  @Override
  public Duration patience(Duration atRest) {
    return atRest;
  }

  @Override
  public void close() {
    isClosed = true;
    pages.release();
  }
}
