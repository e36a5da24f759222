package io.waybill.transfer.tcp;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.tcp.exchange.Entries;
import io.waybill.transfer.tcp.login.Hello;
import io.waybill.transfer.tcp.login.Login;
import io.waybill.transfer.tcp.wire.Connection;
import io.waybill.transfer.tcp.wire.FieldsBuilder;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;

/** One connection of a client, logged in: requests and their answers, one at a time. */
final class ClientSession implements Closeable {
  private final Wire wire;
  private final Duration replyTimeout;
  private final boolean useZeroChunks;
  private long lastId;

  private ClientSession(Wire wire, Duration replyTimeout, boolean useZeroChunks) {
    this.wire = wire;
    this.replyTimeout = replyTimeout;
    this.useZeroChunks = useZeroChunks;
  }

  /**
   * Connects and logs in.
   *
   * @param operation can cut it short
   * @throws LostException if the server cannot be reached
   * @throws WireException if it refuses
   */
  static ClientSession open(WaybillServer server, Operation operation) throws IOException {
    InetSocketAddress address = new InetSocketAddress(server.host(), server.port());
    if (address.isUnresolved()) {
      throw new LostException("the name " + server.host() + " is not known");
    }
    if (!address.getAddress().isLoopbackAddress()) {
      throw new TransferException.Configuration(
          "Cannot use waybill server %s: without TLS, which comes with a later version, both ends must be on loopback; use 127.0.0.1, ::1 or localhost"
              .formatted(server.endpoint()));
    }
    Socket socket = createSocket(server);
    try {
      operation.attach(socket);
      connect(socket, address, server);
      Wire wire = new Wire(Connection.of(socket, server.idleTimeout()));
      Login.Result login = Login.asClient(wire, server.credentials(), server.loginTimeout());
      return new ClientSession(
          wire, server.idleTimeout(), login.agreed().capabilities().contains(Hello.ZERO_CHUNKS));
    } catch (LostException | WireException | RuntimeException e) {
      close(socket, e);
      throw e;
    } catch (IOException e) {
      close(socket, e);
      throw LostException.of(e, null);
    }
  }

  private static Socket createSocket(WaybillServer server) throws LostException {
    try {
      return server.socketFactory().createSocket();
    } catch (IOException e) {
      throw LostException.of(e, null);
    }
  }

  private static void close(Socket socket, Exception failure) {
    try {
      socket.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private static void connect(Socket socket, InetSocketAddress address, WaybillServer server)
      throws LostException {
    try {
      socket.connect(address, Math.toIntExact(server.connectTimeout().toMillis()));
    } catch (IOException e) {
      throw LostException.of(e, null);
    }
  }

  Wire wire() {
    return wire;
  }

  boolean useZeroChunks() {
    return useZeroChunks;
  }

  /** Begins an exchange: ids rise. */
  long nextId() {
    return ++lastId;
  }

  /** Whether nothing was asked over this connection yet. */
  boolean isFresh() {
    return lastId == 0;
  }

  /**
   * Waits for the answer of a given type, passing over what belongs to exchanges that are over.
   *
   * @throws WireException what the server says in an ERROR frame
   */
  Frame reply(long id, FrameType type, Duration patience) throws IOException {
    Frame frame = next(id, patience, type.name());
    if (frame.type() != type) {
      throw WireException.violation(frame.type() + " came where " + type + " belongs");
    }
    return frame;
  }

  /** Waits for the next frame of an exchange. */
  Frame next(long id, Duration patience, String what) throws IOException {
    while (true) {
      Frame frame = wire.nextOrEnd(patience, what);
      if (frame == null) {
        throw new LostException("the server closed the connection while waiting for " + what);
      }
      if (frame.transfer() != id && frame.transfer() != 0) {
        continue;
      }
      if (frame.type() == FrameType.ERROR) {
        Wire.failWith(frame);
      }
      return frame;
    }
  }

  List<FileEntry> list(String directory, boolean isRecursive) throws IOException {
    long id = nextId();
    wire.send(
        FrameType.LIST,
        isRecursive ? FrameType.RECURSIVE : 0,
        id,
        new FieldsBuilder().text(Tag.PATH, directory));
    return Entries.read(wire, reply(id, FrameType.ENTRIES, replyTimeout), replyTimeout);
  }

  FileEntry stat(String path) throws IOException {
    long id = nextId();
    wire.send(FrameType.STAT, id, new FieldsBuilder().text(Tag.PATH, path));
    List<FileEntry> found =
        Entries.read(wire, reply(id, FrameType.ENTRIES, replyTimeout), replyTimeout);
    if (found.size() != 1) {
      throw WireException.violation("STAT was answered with " + found.size() + " entries");
    }
    return found.get(0);
  }

  /** Sends a request that is answered with DONE. */
  void request(FrameType type, FieldsBuilder fields) throws IOException {
    long id = nextId();
    wire.send(type, id, fields);
    reply(id, FrameType.DONE, replyTimeout);
  }

  @Override
  public void close() throws IOException {
    wire.close();
  }
}
