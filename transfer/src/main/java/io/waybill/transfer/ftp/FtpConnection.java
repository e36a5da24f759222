package io.waybill.transfer.ftp;

import io.waybill.transfer.Digest;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.remote.ByteSink;
import io.waybill.transfer.remote.ByteSupply;
import io.waybill.transfer.remote.OpenSockets;
import io.waybill.transfer.remote.RemoteFile;
import io.waybill.transfer.remote.RemotePath;
import io.waybill.transfer.remote.RemoteSession;
import io.waybill.transfer.remote.StallWatch;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.commons.net.ftp.FTP;
import org.apache.commons.net.ftp.FTPReply;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One logged-in control connection and what can be said over it; used by one thread at a time. */
final class FtpConnection implements RemoteSession {
  private static final Logger LOG = LoggerFactory.getLogger(FtpConnection.class);
  private static final Pattern FACTS = Pattern.compile(" ?[A-Za-z][A-Za-z0-9._-]*=[^;]*;");
  private static final int BUFFER_BYTES = 256 << 10;
  private static final long SLOWEST_BYTES_PER_SECOND = 10_000_000;

  private final FtpServer server;
  private final OpenSockets sockets;
  private final ControlClient client;
  private final FtpLister lister;
  private Features features = new Features(List.of());
  private boolean isInStep = true;

  private FtpConnection(FtpServer server, OpenSockets sockets, ControlClient client) {
    this.server = server;
    this.sockets = sockets;
    this.client = client;
    this.lister = new FtpLister(server, sockets, client);
  }

  /** Connects, logs in and asks once what the server can do. */
  static FtpConnection open(FtpServer server, OpenSockets sockets) throws IOException {
    ControlClient client = new ControlClient();
    client.setSocketFactory(sockets);
    client.setConnectTimeout((int) server.connectTimeout().toMillis());
    client.setDefaultTimeout((int) server.loginTimeout().toMillis());
    client.setDataTimeout(server.idleTimeout());
    FtpConnection connection = new FtpConnection(server, sockets, client);
    try {
      client.connect(server.host(), server.port());
      if (!FTPReply.isPositiveCompletion(client.getReplyCode())) {
        throw client.failed("The connection");
      }
      client.setKeepAlive(true);
      client.setTcpNoDelay(true);
      connection.logIn();
      connection.prepare();
      return connection;
    } catch (IOException | RuntimeException e) {
      sockets.closeAll();
      throw e;
    }
  }

  private void logIn() throws IOException {
    client.sendCommand("USER", server.credentials().user());
    String reply = client.getReplyString();
    if (client.getReplyCode() == FTPReply.NEED_PASSWORD) {
      String secret = server.credentials().secret().get();
      client.sendCommand("PASS", secret);
      // a server may repeat what it was sent
      reply =
          secret.isEmpty()
              ? client.getReplyString()
              : client.getReplyString().replace(secret, "***");
    }
    if (!FTPReply.isPositiveCompletion(client.getReplyCode())) {
      throw new FtpReplyException("LOGIN", client.getReplyCode(), reply);
    }
  }

  private void prepare() throws IOException {
    client.setSoTimeout((int) server.replyTimeout().toMillis());
    if (FTPReply.isPositiveCompletion(client.sendCommand("FEAT", null))) {
      features = new Features(client.lines());
    }
    if (features.has("UTF8")) {
      // some need it said, some that have it on anyway refuse it
      client.sendCommand("OPTS", "UTF8 ON");
    }
    if (!client.setFileType(FTP.BINARY_FILE_TYPE)) {
      throw client.failed("TYPE");
    }
    client.enterLocalPassiveMode();
  }

  @Override
  public boolean isInStep() {
    return isInStep;
  }

  @Override
  public boolean restartsReads() {
    return features.canRestart();
  }

  @Override
  public boolean restartsWrites() {
    return features.canRestart();
  }

  @Override
  public Optional<Digest.Algorithm> hashAlgorithm() {
    return features.hash().map(Features.RemoteHash::algorithm);
  }

  @Override
  public Optional<String> protection() {
    return Optional.empty();
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
    return entry(path).map(RemoteFile::new);
  }

  // by MLST, else by SIZE and MDTM, else in its directory's listing
  private Optional<FileEntry> entry(String path) throws IOException {
    if (features.has("MLST")) {
      int code = client.sendCommand("MLST", path);
      if (code == 550 || code == 501) { // Apache FtpServer says 501 where others say 550
        return Optional.empty();
      }
      if (!FTPReply.isPositiveCompletion(code)) {
        throw client.failed("MLST");
      }
      for (String line : client.lines()) {
        // RFC 3659 7.2 wants a blank before the facts; Apache FtpServer leaves it out
        if (FACTS.matcher(line).lookingAt()) {
          return Optional.of(ListingParser.machineFacts(line, path));
        }
      }
      throw new FtpProtocolException("An MLST reply without facts");
    }
    if (client.sendCommand("SIZE", path) == FTPReply.FILE_STATUS) {
      long size = ListingParser.size(argument());
      Optional<Instant> modified = Optional.empty();
      if (client.sendCommand("MDTM", path) == FTPReply.FILE_STATUS) {
        modified = Optional.of(ListingParser.time(argument()));
      }
      return Optional.of(new FileEntry(path, FileEntry.Kind.FILE, size, modified));
    }
    String name = RemotePath.name(path);
    return list(RemotePath.parent(path)).stream()
        .filter(each -> each.path().equals(name))
        .findFirst()
        .map(each -> new FileEntry(path, each.kind(), each.sizeBytes(), each.modified()));
  }

  private String argument() {
    String line = client.lines().get(0);
    return line.length() > 4 ? line.substring(4).strip() : "";
  }

  @Override
  public List<FileEntry> list(String directory) throws IOException {
    return lister.list(directory, features.has("MLST"));
  }

  @Override
  public void read(RemoteFile file, long offset, ByteSink sink) throws IOException {
    boolean enough = false;
    long left = file.entry().sizeBytes() - offset;
    try (Socket socket = client.openData("RETR", file.path(), offset);
        StallWatch watch = StallWatch.start(server.idleTimeout(), sockets::closeAll);
        InputStream in = socket.getInputStream()) {
      byte[] bytes = new byte[BUFFER_BYTES];
      try {
        for (int read = in.read(bytes); read >= 0 && !enough; read = enough ? 0 : in.read(bytes)) {
          watch.moved();
          left -= read;
          enough = !sink.accept(bytes, read);
        }
      } catch (IOException e) {
        watch.throwIfStalled();
        throw e;
      }
    }
    // one reply or two may follow a file that was not read to its end: nobody can tell
    isInStep = !enough || left <= 0;
    if (isInStep) {
      finish("RETR", file.entry().sizeBytes());
    }
  }

  @Override
  public void write(String path, long offset, long size, ByteSupply source) throws IOException {
    try (Socket socket = client.openData("STOR", path, offset);
        StallWatch watch = StallWatch.start(server.idleTimeout(), sockets::closeAll);
        OutputStream out = socket.getOutputStream()) {
      byte[] bytes = new byte[BUFFER_BYTES];
      try {
        for (int length = source.fill(bytes); length > 0; length = source.fill(bytes)) {
          out.write(bytes, 0, length);
          watch.moved();
        }
      } catch (IOException e) {
        watch.throwIfStalled();
        throw e;
      }
    }
    finish("STOR", size);
  }

  // the server may be busy writing what it has in its cache: max(2 replies, size / 10 MB/s)
  private void finish(String verb, long size) throws IOException {
    long millis =
        Math.max(
            2 * server.replyTimeout().toMillis(),
            Duration.ofSeconds(size / SLOWEST_BYTES_PER_SECOND).toMillis());
    patiently(millis, () -> client.expectFinalReply(verb));
  }

  private interface Wait {
    void run() throws IOException;
  }

  // after a refusal the connection goes on, so the ordinary timeout must be back
  private void patiently(long millis, Wait wait) throws IOException {
    client.setSoTimeout((int) Math.min(millis, Integer.MAX_VALUE));
    try {
      wait.run();
    } catch (FtpReplyException e) {
      client.setSoTimeout((int) server.replyTimeout().toMillis());
      throw e;
    }
    client.setSoTimeout((int) server.replyTimeout().toMillis());
  }

  @Override
  public Optional<Digest> hash(String path) throws IOException {
    Optional<Features.RemoteHash> hash = features.hash();
    if (hash.isEmpty()) {
      return Optional.empty();
    }
    Digest.Algorithm algorithm = hash.get().algorithm();
    try {
      patiently(10 * server.replyTimeout().toMillis(), () -> askHash(hash.get(), path));
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
    if (hash.verb().equals("HASH")) {
      client.expectCompletion("OPTS", "HASH " + Features.hashName(hash.algorithm()));
    }
    client.expectCompletion(hash.verb(), path);
  }

  @Override
  public boolean setModified(String path, Instant modified) throws IOException {
    if (!features.has("MFMT")) {
      return false;
    }
    client.sendCommand("MFMT", ListingParser.format(modified) + " " + path);
    return FTPReply.isPositiveCompletion(client.getReplyCode());
  }

  @Override
  public boolean setMode(String path, int mode) {
    return false;
  }

  @Override
  public boolean force(String path) {
    return false;
  }

  @Override
  public void rename(String from, String to) throws IOException {
    if (!FTPReply.isPositiveIntermediate(client.sendCommand("RNFR", from))) {
      throw client.failed("RNFR");
    }
    client.expectCompletion("RNTO", to);
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
    try {
      if (client.isConnected()) {
        client.setSoTimeout((int) Math.min(1000, server.replyTimeout().toMillis()));
        client.sendCommand("QUIT", null);
      }
    } catch (IOException e) {
      LOG.debug("event=ftp-quit-failed endpoint={}", server.endpoint(), e);
    } finally {
      sockets.closeAll();
    }
  }
}
