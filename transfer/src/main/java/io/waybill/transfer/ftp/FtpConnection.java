package io.waybill.transfer.ftp;

import io.waybill.transfer.Digest;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.remote.ByteSink;
import io.waybill.transfer.remote.ByteSupply;
import io.waybill.transfer.remote.Introduction;
import io.waybill.transfer.remote.OpenSockets;
import io.waybill.transfer.remote.RemoteFile;
import io.waybill.transfer.remote.RemoteSession;
import io.waybill.transfer.tcp.tls.ServerTrust;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.commons.net.ftp.FTPReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What can be said over one logged-in control connection; used by one thread at a time. */
final class FtpConnection implements RemoteSession {
  private static final Logger LOG = LoggerFactory.getLogger(FtpConnection.class);

  private final FtpServer server;
  private final ControlSession session;
  private final ControlClient client;
  private final FileData data;
  private final FtpLister lister;
  private final FileFacts facts;
  private Digest.@Nullable Algorithm hashesBy;

  private FtpConnection(FtpServer server, ControlSession session, OpenSockets sockets) {
    this.server = server;
    this.session = session;
    this.client = session.client();
    this.data = new FileData(server, session, sockets);
    Directories directories = new Directories(client);
    this.lister = new FtpLister(server, session, data, directories);
    this.facts = new FileFacts(session, lister, directories);
  }

  /** Connects, logs in and asks once what the server can do. */
  static FtpConnection open(FtpServer server, ServerTrust trust, Learnt learnt, OpenSockets sockets)
      throws IOException {
    return new FtpConnection(server, ControlSession.open(server, trust, learnt, sockets), sockets);
  }

  @Override
  public boolean isInStep() {
    return data.isInStep();
  }

  @Override
  public boolean restartsReads() {
    return session.features().canRestart();
  }

  @Override
  public boolean restartsWrites() {
    return session.features().canRestart();
  }

  @Override
  public Optional<Digest.Algorithm> hashAlgorithm() {
    return session.features().hash().map(Features.RemoteHash::algorithm);
  }

  // some servers refuse SYST, and nothing depends on it here
  @Override
  public Introduction introduction(String path) throws IOException {
    Optional<String> system;
    try {
      system = Optional.of(lister.system());
    } catch (FtpReplyException e) {
      system = Optional.empty();
    }
    return new Introduction(system, session.features().words(), Optional.empty());
  }

  @Override
  public Optional<String> protection() {
    return session.protection();
  }

  @Override
  public boolean isAlive() {
    try {
      return FTPReply.isPositiveCompletion(client.sendCommand("NOOP", null));
    } catch (IOException e) {
      // what was asked
      return false;
    }
  }

  @Override
  public Optional<RemoteFile> stat(String path) throws IOException {
    return facts.stat(path).map(RemoteFile::new);
  }

  @Override
  public long size(String path) throws IOException {
    return facts.size(path);
  }

  @Override
  public List<FileEntry> list(String directory) throws IOException {
    return lister.list(directory);
  }

  @Override
  public List<FileEntry> listTimed(String directory) throws IOException {
    return facts.timed(directory, lister.list(directory));
  }

  @Override
  public void read(RemoteFile file, long offset, ByteSink sink) throws IOException {
    data.read(file, offset, sink);
  }

  @Override
  public void write(String path, long offset, long size, ByteSupply supply) throws IOException {
    data.write(path, offset, size, supply);
  }

  @Override
  public Optional<Digest> hash(String path) throws IOException {
    Optional<Features.RemoteHash> hash = session.features().hash();
    if (hash.isEmpty()) {
      return Optional.empty();
    }
    Digest.Algorithm algorithm = hash.get().algorithm();
    try {
      session.patiently(
          10 * server.terms().replyTimeout().toMillis(), () -> askHash(hash.get(), path));
    } catch (FtpReplyException e) {
      if (e.code() < 500) {
        throw e;
      }
      LOG.info("event=ftp-hash-refused endpoint={} reason={}", server.endpoint(), e.getMessage());
      return Optional.empty();
    }
    String reply = String.join(" ", client.lines());
    // "213 SHA-256 0-49 <hex> name", "250 <hex>", "251 name <hex>": a name may look like a hash, so
    // it is taken out first
    for (String word : reply.replace(path, " ").split("\\s+", -1)) {
      if (word.length() == 2 * algorithm.lengthBytes() && word.matches("[0-9A-Fa-f]+")) {
        return Optional.of(new Digest(algorithm, word));
      }
    }
    throw new FtpProtocolException("No hash in the reply to " + hash.get().verb());
  }

  private void askHash(Features.RemoteHash hash, String path) throws IOException {
    if (hash.verb().equals("HASH") && hashesBy != hash.algorithm()) {
      client.expectCompletion("OPTS", "HASH " + Features.hashName(hash.algorithm()));
      hashesBy = hash.algorithm();
    }
    client.expectCompletion(hash.verb(), path);
  }

  @Override
  public boolean setModified(String path, Instant modified) throws IOException {
    return facts.setModified(path, modified);
  }

  @Override
  public boolean setMode(String path, int mode) throws IOException {
    return facts.setMode(path, mode);
  }

  @Override
  public Settled settle(String path, Optional<Instant> modified, OptionalInt mode)
      throws IOException {
    return facts.settle(path, modified, mode);
  }

  @Override
  public boolean force(String path) {
    return false;
  }

  @Override
  public void rename(String from, String to) throws IOException {
    // a refused RNFR makes the RNTO behind it one without a beginning, which does nothing
    List<FtpReply> replies =
        session.togetherAtEnd(List.of(new FtpCommand("RNFR", from), new FtpCommand("RNTO", to)));
    if (!replies.get(0).isIntermediate()) {
      throw replies.get(0).failed();
    }
    replies.get(1).requireCompletion();
  }

  @Override
  public void delete(String path) throws IOException {
    client.expectCompletion("DELE", path);
  }

  @Override
  public void makeDirectory(String path) throws IOException {
    client.expectCompletion("MKD", path);
  }

  @Override
  public void removeDirectory(String path) throws IOException {
    client.expectCompletion("RMD", path);
  }

  @Override
  public void close() {
    session.close();
  }
}
