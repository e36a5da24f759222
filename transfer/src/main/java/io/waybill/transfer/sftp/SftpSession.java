package io.waybill.transfer.sftp;

import io.waybill.transfer.Digest;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.remote.ByteSink;
import io.waybill.transfer.remote.ByteSupply;
import io.waybill.transfer.remote.Introduction;
import io.waybill.transfer.remote.OpenSockets;
import io.waybill.transfer.remote.RemoteFile;
import io.waybill.transfer.remote.RemotePath;
import io.waybill.transfer.remote.RemoteSession;
import io.waybill.transfer.remote.StallWatch;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One SSH connection with one SFTP channel; used by one thread at a time. */
final class SftpSession implements RemoteSession {
  private static final Logger LOG = LoggerFactory.getLogger(SftpSession.class);
  private static final long SLOWEST_BYTES_PER_SECOND = 10_000_000;
  private static final long LATEST_SECOND = 0xffff_ffffL;

  private final SftpServer server;
  private final OpenSockets sockets;
  private final SshConnection connection;
  private final SftpClient client;

  private SftpSession(
      SftpServer server, OpenSockets sockets, SshConnection connection, SftpClient client) {
    this.server = server;
    this.sockets = sockets;
    this.connection = connection;
    this.client = client;
  }

  static SftpSession open(SftpServer server, OpenSockets sockets) throws IOException {
    try {
      SshConnection connection = SshConnection.open(server, sockets);
      SftpClient client =
          SftpClient.start(connection.inbox(), connection.output(), server.terms().replyTimeout());
      return new SftpSession(server, sockets, connection, client);
    } catch (IOException | RuntimeException e) {
      sockets.closeAll();
      throw e;
    }
  }

  @Override
  public boolean isAlive() {
    try {
      client.ask(new Request(Fxp.REALPATH).path("")).require(Fxp.NAME, "REALPATH");
      return true;
    } catch (SftpStatusException e) {
      return true;
    } catch (IOException e) {
      // what was asked
      return false;
    }
  }

  @Override
  public boolean restartsReads() {
    return true;
  }

  @Override
  public boolean restartsWrites() {
    return true;
  }

  @Override
  public long unorderedWriteBytes() {
    return (long) WriteAhead.REQUESTS * client.writeBytes();
  }

  @Override
  public Optional<Digest.Algorithm> hashAlgorithm() {
    return client.offered().hashes() ? Optional.of(Digest.Algorithm.SHA_256) : Optional.empty();
  }

  @Override
  public Introduction introduction(String path) {
    boolean renamesOver = client.offered().has(Offered.POSIX_RENAME);
    return new Introduction(
        Optional.of(connection.software()),
        client.offered().names(),
        renamesOver ? Optional.of(true) : Optional.empty());
  }

  @Override
  public Optional<String> protection() {
    return Optional.of(connection.protection());
  }

  @Override
  public Optional<RemoteFile> stat(String path) throws IOException {
    return looked(path, client.ask(look(path)));
  }

  private static Request look(String path) throws IOException {
    return new Request(Fxp.STAT).path(path);
  }

  private static Optional<RemoteFile> looked(String path, Reply reply) throws IOException {
    try {
      Attributes attributes = Attributes.read(reply.require(Fxp.ATTRS, "STAT"));
      return Optional.of(new RemoteFile(attributes.entry(path)));
    } catch (SftpStatusException e) {
      if (e.isMissing()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public List<FileEntry> list(String directory) throws IOException {
    return new Lister(client, directory, server.terms().replyTimeout()).list();
  }

  @Override
  public void read(RemoteFile file, long offset, ByteSink sink) throws IOException {
    long size = file.entry().sizeBytes();
    long end = size == FileEntry.UNKNOWN_SIZE ? Long.MAX_VALUE : size;
    byte[] handle = client.open(file.path(), Fxp.FLAG_READ);
    client.closing(
        handle,
        server.terms().replyTimeout(),
        open -> {
          Duration idle = server.terms().idleTimeout();
          try (StallWatch.Phase moving = sockets.watch().within(idle)) {
            new ReadAhead(client, open, offset, end, idle, sockets.watch()::moved).run(sink);
          }
          return true;
        });
  }

  @Override
  public void write(String path, long offset, long size, ByteSupply supply) throws IOException {
    int flags = Fxp.FLAG_WRITE | Fxp.FLAG_CREATE | (offset == 0 ? Fxp.FLAG_TRUNCATE : 0);
    byte[] handle = client.open(path, flags);
    try {
      client.closing(
          handle,
          finalPatience(size),
          open -> {
            Duration idle = server.terms().idleTimeout();
            try (StallWatch.Phase moving = sockets.watch().within(idle)) {
              new WriteAhead(client, open, idle, sockets.watch()::moved).run(offset, supply);
            }
            return true;
          });
    } catch (SftpStatusException e) {
      throw e.code() == Status.FAILURE && isFull(path) ? e.becauseFull() : e;
    }
  }

  // the server may be busy writing what it has in its cache
  private Duration finalPatience(long size) {
    Duration slow = Duration.ofSeconds(size / SLOWEST_BYTES_PER_SECOND);
    Duration least = server.terms().replyTimeout().multipliedBy(2);
    return slow.compareTo(least) > 0 ? slow : least;
  }

  // version 3 has no status for it: statvfs says how many blocks are left (OpenSSH's PROTOCOL 4.4)
  private boolean isFull(String path) throws IOException {
    if (!client.offered().has(Offered.STATVFS)) {
      return false;
    }
    Request request = Request.extended(Offered.STATVFS).path(RemotePath.parent(path));
    try {
      Reply reply = client.ask(request).require(Fxp.EXTENDED_REPLY, request.name());
      for (int skipped = 0; skipped < 4; skipped++) { // f_bsize, f_frsize, f_blocks, f_bfree
        reply.int64();
      }
      return reply.int64() == 0;
    } catch (SftpStatusException e) {
      LOG.debug("event=sftp-statvfs-refused reason={}", e.getMessage());
      return false;
    }
  }

  @Override
  public Optional<Digest> hash(String path) throws IOException {
    return new RemoteHash(client, server.terms().replyTimeout().multipliedBy(10)).of(path);
  }

  @Override
  public boolean setModified(String path, Instant modified) throws IOException {
    Optional<Request> request = timing(path, modified);
    return request.isPresent() && isSet(client.ask(request.get()));
  }

  // seconds of 32 bits
  private static Optional<Request> timing(String path, Instant modified) throws IOException {
    long second = modified.getEpochSecond();
    if (second < 0 || second > LATEST_SECOND) {
      return Optional.empty();
    }
    Request request = new Request(Fxp.SETSTAT).path(path).int32(Attributes.TIMES);
    return Optional.of(request.int32((int) second).int32((int) second));
  }

  @Override
  public boolean setMode(String path, int mode) throws IOException {
    return isSet(client.ask(moding(path, mode)));
  }

  private static Request moding(String path, int mode) throws IOException {
    return new Request(Fxp.SETSTAT).path(path).int32(Attributes.PERMISSIONS).int32(mode);
  }

  private boolean isSet(Reply reply) throws IOException {
    try {
      reply.requireOk("SETSTAT");
      return true;
    } catch (SftpStatusException e) {
      LOG.info(
          "event=sftp-setstat-refused endpoint={} reason={}", server.endpoint(), e.getMessage());
      return false;
    }
  }

  @Override
  public Settled settle(String path, Optional<Instant> modified, OptionalInt mode)
      throws IOException {
    List<Request> requests = new ArrayList<>();
    if (mode.isPresent()) {
      requests.add(moding(path, mode.getAsInt()));
    }
    Optional<Request> timing =
        modified.isPresent() ? timing(path, modified.get()) : Optional.empty();
    timing.ifPresent(requests::add);
    requests.add(look(path));
    List<Reply> replies =
        client.together(server.terms().replyTimeout(), requests.toArray(Request[]::new));
    int last = replies.size() - 1;
    if (mode.isPresent()) {
      isSet(replies.get(0));
    }
    boolean isTimed = timing.isPresent() && isSet(replies.get(last - 1));
    long size = looked(path, replies.get(last)).map(file -> file.entry().sizeBytes()).orElse(-1L);
    return new Settled(isTimed, size);
  }

  @Override
  public boolean force(String path) throws IOException {
    if (!client.offered().has(Offered.FSYNC)) {
      return false;
    }
    Duration patience = server.terms().replyTimeout().multipliedBy(10);
    byte[] handle = forcible(path);
    List<Reply> replies =
        client.together(
            patience,
            Request.extended(Offered.FSYNC).string(handle),
            new Request(Fxp.CLOSE).string(handle));
    try {
      replies.get(0).requireOk(Offered.FSYNC);
    } catch (SftpStatusException e) {
      if (e.code() == Status.OP_UNSUPPORTED) {
        return false;
      }
      throw e;
    }
    replies.get(1).requireOk("CLOSE");
    return true;
  }

  // its mode may allow only one of the two
  private byte[] forcible(String path) throws IOException {
    try {
      return client.open(path, Fxp.FLAG_WRITE);
    } catch (SftpStatusException e) {
      if (e.code() != Status.PERMISSION_DENIED) {
        throw e;
      }
      return client.open(path, Fxp.FLAG_READ);
    }
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Request request =
        client.offered().has(Offered.POSIX_RENAME)
            ? Request.extended(Offered.POSIX_RENAME)
            : new Request(Fxp.RENAME);
    client.tell(request.path(from).path(to));
  }

  @Override
  public void delete(String path) throws IOException {
    client.tell(new Request(Fxp.REMOVE).path(path));
  }

  @Override
  public void makeDirectory(String path) throws IOException {
    client.tell(new Request(Fxp.MKDIR).path(path).int32(0));
  }

  @Override
  public void removeDirectory(String path) throws IOException {
    client.tell(new Request(Fxp.RMDIR).path(path));
  }

  @Override
  public void close() {
    connection.close();
    sockets.closeAll();
  }
}
