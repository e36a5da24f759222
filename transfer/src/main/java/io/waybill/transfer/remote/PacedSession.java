package io.waybill.transfer.remote;

import io.waybill.transfer.Digest;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.Pacer;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A session whose bytes of files keep to the endpoint's rate and are counted, and whose watch is
 * told what is done: each step, and when it is not the endpoint that is waited for. While files are
 * read or written only the phases count that the session itself begins: each reply has its limit.
 */
final class PacedSession implements RemoteSession {
  private final RemoteSession session;
  private final StallWatch watch;
  private final Pacer inward;
  private final Pacer outward;
  private volatile Call call;

  PacedSession(RemoteSession session, StallWatch watch, Pacer inward, Pacer outward, Call call) {
    this.session = session;
    this.watch = watch;
    this.inward = inward;
    this.outward = outward;
    this.call = call;
  }

  /** Counts for another call from now on. */
  void counts(Call next) {
    call = next;
  }

  @Override
  public Introduction introduction(String path) throws IOException {
    return done(session.introduction(path));
  }

  private <T> T done(T result) {
    watch.moved();
    return result;
  }

  @Override
  public void read(RemoteFile file, long offset, ByteSink sink) throws IOException {
    try (StallWatch.Phase outside = watch.unwatched()) {
      session.read(file, offset, new PacedSink(sink));
    }
  }

  private final class PacedSink implements ByteSink {
    private final ByteSink sink;

    PacedSink(ByteSink sink) {
      this.sink = sink;
    }

    @Override
    public int most() {
      return (int) Math.min(sink.most(), inward.burstBytes());
    }

    @Override
    public boolean accept(byte[] bytes, int length) throws IOException {
      call.requireGoingOn();
      call.travelled(length);
      watch.pause();
      try {
        inward.pass(length);
        return sink.accept(bytes, length);
      } finally {
        watch.resume();
      }
    }
  }

  @Override
  public void write(String path, long offset, long size, ByteSupply supply) throws IOException {
    try (StallWatch.Phase outside = watch.unwatched()) {
      session.write(path, offset, size, bytes -> fill(bytes, supply));
    }
  }

  @Override
  public void writeDirectly(String path, long size, boolean onlyNew, ByteSupply supply)
      throws IOException {
    try (StallWatch.Phase outside = watch.unwatched()) {
      session.writeDirectly(path, size, onlyNew, bytes -> fill(bytes, supply));
    }
  }

  private int fill(byte[] bytes, ByteSupply supply) throws IOException {
    call.requireGoingOn();
    watch.pause();
    int length = slice(bytes, supply);
    if (length > 0) {
      outward.pass(length);
      call.travelled(length);
      watch.resume();
    } // else the final reply is waited for, which has a limit of its own
    return length;
  }

  private int slice(byte[] bytes, ByteSupply supply) throws IOException {
    int most = (int) Math.min(bytes.length, outward.burstBytes());
    if (most == bytes.length) {
      return supply.fill(bytes);
    }
    byte[] slice = new byte[most];
    int length = supply.fill(slice);
    System.arraycopy(slice, 0, bytes, 0, length);
    return length;
  }

  @Override
  public Optional<Digest> hash(String path) throws IOException {
    try (StallWatch.Phase patient = watch.unwatched()) {
      return session.hash(path);
    }
  }

  @Override
  public boolean force(String path) throws IOException {
    try (StallWatch.Phase patient = watch.unwatched()) {
      return session.force(path);
    }
  }

  @Override
  public boolean isAlive() {
    return session.isAlive();
  }

  @Override
  public boolean isInStep() {
    return session.isInStep();
  }

  @Override
  public boolean restartsReads() {
    return session.restartsReads();
  }

  @Override
  public boolean restartsWrites() {
    return session.restartsWrites();
  }

  @Override
  public long unorderedWriteBytes() {
    return session.unorderedWriteBytes();
  }

  @Override
  public Optional<Digest.Algorithm> hashAlgorithm() {
    return session.hashAlgorithm();
  }

  @Override
  public Optional<String> protection() {
    return session.protection();
  }

  @Override
  public Optional<RemoteFile> stat(String path) throws IOException {
    return done(session.stat(path));
  }

  @Override
  public long size(String path) throws IOException {
    return done(session.size(path));
  }

  @Override
  public List<FileEntry> list(String directory) throws IOException {
    try (StallWatch.Phase patient = watch.unwatched()) { // reads have their own limit
      return session.list(directory);
    }
  }

  @Override
  public List<FileEntry> listTimed(String directory) throws IOException {
    try (StallWatch.Phase patient = watch.unwatched()) {
      return session.listTimed(directory);
    }
  }

  @Override
  public Optional<Instant> time() throws IOException {
    return done(session.time());
  }

  @Override
  public Settled settle(String path, Optional<Instant> modified, OptionalInt mode)
      throws IOException {
    return done(session.settle(path, modified, mode));
  }

  @Override
  public boolean publishesDirectly(String path) throws IOException {
    return done(session.publishesDirectly(path));
  }

  @Override
  public boolean isDirectory(String path) throws IOException {
    return done(session.isDirectory(path));
  }

  @Override
  public boolean makesParents(String path) throws IOException {
    return done(session.makesParents(path));
  }

  @Override
  public boolean setModified(String path, Instant modified) throws IOException {
    return done(session.setModified(path, modified));
  }

  @Override
  public boolean setMode(String path, int mode) throws IOException {
    return done(session.setMode(path, mode));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    session.rename(from, to);
    watch.moved();
  }

  @Override
  public void delete(String path) throws IOException {
    session.delete(path);
    watch.moved();
  }

  @Override
  public void makeDirectory(String path) throws IOException {
    session.makeDirectory(path);
    watch.moved();
  }

  @Override
  public void removeDirectory(String path) throws IOException {
    session.removeDirectory(path);
    watch.moved();
  }

  @Override
  public void close() {
    session.close();
  }
}
