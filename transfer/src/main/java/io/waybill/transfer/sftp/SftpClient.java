package io.waybill.transfer.sftp;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Single requests and their replies; used by one thread at a time. */
final class SftpClient {
  private static final Logger LOG = LoggerFactory.getLogger(SftpClient.class);
  private static final int VERSION = 3;
  private static final int DEFAULT_BYTES = 32 << 10;
  private static final int MOST_BYTES = 256 << 10;
  private static final int MOST_WRITTEN_BYTES = 64 << 10;
  private static final int LONGEST_HANDLE = 256;

  private final SftpWire wire;
  private final Duration patience;
  private final Offered offered;
  private int readBytes = DEFAULT_BYTES;
  private int writeBytes = DEFAULT_BYTES;

  private SftpClient(SftpWire wire, Duration patience, Offered offered) {
    this.wire = wire;
    this.patience = patience;
    this.offered = offered;
  }

  /** Begins the dialogue: INIT and VERSION, and what sizes the server takes. */
  static SftpClient start(Inbox in, OutputStream out, Duration patience) throws IOException {
    SftpWire wire = new SftpWire(in, out);
    Request init = new Request(Fxp.INIT);
    init.seal(VERSION, 0);
    out.write(init.bytes(), 0, init.length());
    out.flush();
    Reply version = wire.receive(patience);
    if (version.type() != Fxp.VERSION) {
      throw version.unexpected("INIT");
    }
    if (version.id() < VERSION) {
      throw new SftpProtocolException(
          "The server speaks SFTP version %d, version 3 is needed".formatted(version.id()));
    }
    SftpClient client = new SftpClient(wire, patience, Offered.read(version));
    client.askLimits();
    return client;
  }

  // OpenSSH's PROTOCOL 4.8: longest packet, read, write, and the number of handles; 0 is no limit
  private void askLimits() throws IOException {
    if (!offered.has(Offered.LIMITS)) {
      return;
    }
    Request request = Request.extended(Offered.LIMITS);
    try {
      Reply reply = ask(request).require(Fxp.EXTENDED_REPLY, request.name());
      reply.int64();
      readBytes = within(reply.int64(), MOST_BYTES);
      // larger ones are no faster, and what is on the way when a line is cut is sent again
      writeBytes = within(reply.int64(), MOST_WRITTEN_BYTES);
    } catch (SftpStatusException e) {
      LOG.debug("event=sftp-limits-refused reason={}", e.getMessage());
    }
  }

  private static int within(long told, int most) {
    return told <= 0 ? DEFAULT_BYTES : (int) Math.min(told, most);
  }

  SftpWire wire() {
    return wire;
  }

  Offered offered() {
    return offered;
  }

  /** Returns how many bytes one READ asks for. */
  int readBytes() {
    return readBytes;
  }

  /** Returns how many bytes one WRITE holds. */
  int writeBytes() {
    return writeBytes;
  }

  Reply ask(Request request) throws IOException {
    return ask(request, patience);
  }

  /** Sends a request and waits for its reply. */
  Reply ask(Request request, Duration longest) throws IOException {
    int id = wire.send(request);
    Reply reply = wire.receive(longest);
    if (reply.id() != id) {
      throw new SftpProtocolException(
          "A reply to request %d while %d was asked".formatted(reply.id(), id));
    }
    return reply;
  }

  /** Sends requests at once, and returns their replies in the order of the requests. */
  List<Reply> together(Duration longest, Request... requests) throws IOException {
    List<Integer> ids = new ArrayList<>();
    for (Request each : requests) {
      ids.add(wire.send(each));
    }
    Map<Integer, Reply> replies = new HashMap<>();
    while (replies.size() < ids.size()) {
      Reply reply = wire.receive(longest).kept();
      if (!ids.contains(reply.id()) || replies.put(reply.id(), reply) != null) {
        throw new SftpProtocolException(
            "A reply to request %d while %s were asked".formatted(reply.id(), ids));
      }
    }
    return ids.stream().map(replies::get).toList();
  }

  void tell(Request request) throws IOException {
    tell(request, patience);
  }

  /** Sends a request that is answered by OK, or refused. */
  void tell(Request request, Duration longest) throws IOException {
    ask(request, longest).requireOk(request.name());
  }

  /** Opens a file, and returns its handle. */
  byte[] open(String path, int flags) throws IOException {
    return handle(new Request(Fxp.OPEN).path(path).int32(flags).int32(0));
  }

  byte[] openDirectory(String path) throws IOException {
    return handle(new Request(Fxp.OPENDIR).path(path));
  }

  private byte[] handle(Request request) throws IOException {
    byte[] handle = ask(request).require(Fxp.HANDLE, request.name()).bytes();
    if (handle.length > LONGEST_HANDLE) {
      throw new SftpProtocolException("A handle of " + handle.length + " bytes");
    }
    return handle;
  }

  void close(byte[] handle, Duration longest) throws IOException {
    tell(new Request(Fxp.CLOSE).string(handle), longest);
  }

  /** Something done while a file is open. */
  interface Work<T> {
    T with(byte[] handle) throws IOException;
  }

  /**
   * Does something with a handle and closes it. Only after a refusal is there a session left to
   * close it on.
   */
  <T> T closing(byte[] handle, Duration longest, Work<T> work) throws IOException {
    T result;
    try {
      result = work.with(handle);
    } catch (SftpStatusException e) {
      try {
        close(handle, patience);
      } catch (SftpStatusException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
    close(handle, longest);
    return result;
  }
}
