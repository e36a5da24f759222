package io.waybill.transfer.tcp.server;

import io.waybill.transfer.tcp.exchange.Batch;
import io.waybill.transfer.tcp.exchange.BatchAck;
import io.waybill.transfer.tcp.exchange.Compression;
import io.waybill.transfer.tcp.exchange.Query;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * BATCH, QUERY and FETCH over one connection. Batches are applied one after the other as they came,
 * while the next frames are read; what may be on the way is bounded by credit. Queries have a lane
 * of their own.
 */
final class SmallFiles implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(SmallFiles.class);

  private final Wire wire;
  private final ServerSession session;
  private final ServerTransfers transfers;
  private final Guard guard;
  private final Lane batchLane;
  private final Lane queryLane;
  private final ServerBatches batches;
  private final ServerQueries queries;
  private volatile boolean isClosed;

  /** Looks after what fails. */
  interface Guard {
    /** Refuses what may not begin now. */
    void begin(Frame frame) throws WireException;

    /** Tells the client of what fails, or ends the connection. */
    void run(Frame frame, Work work);

    /** Does so on another thread. */
    void later(Frame frame, Work work) throws WireException;
  }

  /** What a frame asks for. */
  interface Work {
    void run() throws IOException;
  }

  /** A batch or query that is being worked on. */
  private record Working(String path) implements ServerTransfers.Exchange {
    @Override
    public Duration patience(Duration atRest) {
      return atRest;
    }

    @Override
    public void close() {}
  }

  SmallFiles(Wire wire, ServerSession session, Executor workers, Guard guard) {
    this.wire = wire;
    this.session = session;
    this.transfers = session.transfers();
    this.guard = guard;
    this.batchLane = new Lane(workers);
    this.queryLane = new Lane(workers);
    this.batches = new ServerBatches(session.root());
    this.queries = new ServerQueries(session.root());
  }

  /** BATCH: an upload. */
  void batch(Frame frame) throws IOException {
    long credit = BatchAck.credit(frame);
    try {
      guard.begin(frame);
    } catch (WireException e) {
      BatchAck.of(BatchAck.ENDED).send(wire, frame.transfer(), credit);
      throw e;
    }
    if (!frame.body().isIntact()) {
      BatchAck.of(BatchAck.DAMAGED).send(wire, frame.transfer(), credit);
      return;
    }
    Compression.Borrowed body = body(frame, credit);
    try {
      if (!Compression.isIntact(frame, body.bulk())) {
        BatchAck.of(BatchAck.DAMAGED).send(wire, frame.transfer(), credit);
        body.close();
        return;
      }
      Batch batch = read(frame, body.bulk().body());
      transfers.add(frame.transfer(), new Working("a batch of " + batch.items().size()));
      batchLane.add(
          () -> {
            try (body) {
              if (!isClosed) { // else nobody hears of it, and the client sends it again
                guard.run(frame, () -> apply(frame, batch, credit));
              }
            }
          });
    } catch (IOException | RuntimeException e) {
      body.close();
      throw e;
    }
  }

  // what ends this batch only is acknowledged all the same, or the connection would dry up
  private Compression.Borrowed body(Frame frame, long credit) throws IOException {
    try {
      return Compression.batch(frame, wire.chunks(), wire.idle());
    } catch (WireException e) {
      if (!e.code().endsSession()) {
        BatchAck.of(BatchAck.ENDED).send(wire, frame.transfer(), credit);
      }
      throw e;
    }
  }

  private static Batch read(Frame frame, ByteBuffer body) throws WireException {
    Batch batch = Batch.read(frame.payload(), body);
    if (batch.items().stream().anyMatch(item -> item.status() != 0)) {
      throw WireException.violation("a client's batch states what became of a file");
    }
    return batch;
  }

  private void apply(Frame frame, Batch batch, long credit) throws IOException {
    BatchAck ack;
    try {
      ack = applied(batch);
    } catch (IOException | RuntimeException e) {
      BatchAck.of(BatchAck.ENDED).send(wire, frame.transfer(), credit);
      throw e;
    }
    transfers.end(frame.transfer());
    ack.send(wire, frame.transfer(), credit);
  }

  private BatchAck applied(Batch batch) throws IOException {
    try (BatchRoom room = BatchRoom.open(session.quota(), batch)) {
      BatchAck ack = batches.apply(batch);
      room.applied(ack);
      return ack;
    } catch (WireException e) {
      if (e.code() != ErrorCode.QUOTA_EXCEEDED) {
        throw e;
      }
      // told of each file, as any other reason why it was not published
      return batch.items().size() > 1
          ? oneByOne(batch)
          : new BatchAck(
              BatchAck.OK, List.of(e.code().wire()), List.of(String.valueOf(e.getMessage())));
    }
  }

  // of what has no room together, some may have
  private BatchAck oneByOne(Batch batch) throws IOException {
    List<Integer> statuses = new ArrayList<>();
    List<String> messages = new ArrayList<>();
    for (Batch.Item item : batch.items()) {
      BatchAck one = applied(new Batch(batch.policy(), batch.level(), List.of(item)));
      statuses.addAll(one.statuses());
      messages.addAll(one.messages());
    }
    return new BatchAck(BatchAck.OK, statuses, messages);
  }

  /** QUERY. */
  void query(Frame frame) throws IOException {
    guard.begin(frame);
    Query query = Query.read(frame);
    transfers.add(frame.transfer(), new Working("a query of " + query.entries().size()));
    queryLane.add(
        () ->
            guard.run(
                frame,
                () -> {
                  BitSet need = queries.need(query);
                  transfers.end(frame.transfer());
                  Query.sendNeed(wire, frame.transfer(), need);
                }));
  }

  /** FETCH. */
  void fetch(Frame frame) throws IOException {
    guard.begin(frame);
    ServerFetch fetch = new ServerFetch(wire, frame);
    transfers.add(frame.transfer(), fetch);
    guard.later(
        frame,
        () -> {
          fetch.run(session.root());
          transfers.end(frame.transfer());
        });
  }

  /** BATCH_ACK, of what was fetched. */
  void acknowledged(Frame frame) throws WireException {
    ServerFetch fetch = transfers.find(frame, ServerFetch.class);
    if (fetch != null) {
      fetch.acknowledged(frame);
    }
  }

  /** Lets go of the directories, once the batch under way is done; those behind it are dropped. */
  @Override
  public void close() {
    isClosed = true;
    batchLane.close(() -> close(batches));
    queryLane.close(() -> close(queries));
  }

  private static void close(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException e) {
      LOG.info("event=close-failed", e);
    }
  }
}
