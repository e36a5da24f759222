package io.waybill.transfer.tcp.tls;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.ScatteringByteChannel;
import java.nio.channels.WritableByteChannel;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts what goes over a blocking channel. One thread may read while another writes; {@link
 * #close} may come from any other and ends a blocked call at once. Waits have no limit here:
 * whoever wants one closes the channel.
 *
 * <p>What the engine has to say because of what was read (a KeyUpdate) goes with the next write, as
 * RFC 8446 4.6.3 allows, never by the reader: two readers that wait to write, each unread by the
 * other, would lock both peers up. A peer that asks without end meanwhile is left.
 *
 * <p>Memory: direct buffers of one record each until the first large read and write, then two of 16
 * records and one of a record, some 540 KiB in all, however large the buffers of the caller are. A
 * write hands up to 16 records to the socket at once.
 */
public final class TlsChannel implements ScatteringByteChannel, GatheringByteChannel {
  private static final int RECORDS = 16;
  private static final int MOST_UNANSWERED = 1000;
  private static final ByteBuffer[] NOTHING = {ByteBuffer.allocate(0)};

  private final SSLEngine engine;
  private final ReadableByteChannel in;
  private final WritableByteChannel out;
  private final @Nullable X509Certificate ownServer;
  private final ClientCertificates clients;
  private final int packet;
  private final int record;
  // both are kept ready for reading from, but for the moment in which they are filled
  private ByteBuffer netIn;
  private final ByteBuffer app;
  private ByteBuffer netOut;
  private final ReentrantLock reading = new ReentrantLock();
  private final ReentrantLock writing = new ReentrantLock();
  // records without data since the last write; each may have put an answer into the engine
  private final AtomicInteger unanswered = new AtomicInteger();
  private volatile boolean closed;
  private boolean ready;

  TlsChannel(
      SSLEngine engine,
      ReadableByteChannel in,
      WritableByteChannel out,
      @Nullable X509Certificate ownServer,
      ClientCertificates clients) {
    this.engine = engine;
    this.in = in;
    this.out = out;
    this.ownServer = ownServer;
    this.clients = clients;
    this.packet = engine.getSession().getPacketBufferSize();
    this.record = engine.getSession().getApplicationBufferSize();
    this.netIn = ByteBuffer.allocateDirect(packet).limit(0);
    this.netOut = ByteBuffer.allocateDirect(packet);
    this.app = ByteBuffer.allocateDirect(record).limit(0);
  }

  /**
   * Agrees on keys and proves identities. A client is done before the server has looked at its
   * certificate: a refusal comes with the first read.
   *
   * @throws IdentityException if the peer is not who it should be
   * @throws TlsException if the peer does not speak TLS 1.3 with {@code waybill/1}
   * @throws IOException if the connection fails or was closed
   */
  public void handshake() throws IOException {
    enter(reading);
    writing.lock();
    try {
      engine.beginHandshake();
      advance();
      if (!Tls.PROTOCOL.equals(engine.getApplicationProtocol())) {
        throw new SSLException(
            "it did not agree to the protocol waybill/1 (ALPN): no Waybill speaks there");
      }
      if (ownServer != null) {
        clients.identify(engine.getSession());
      }
      ready = true;
    } catch (SSLException e) {
      throw failed(e);
    } finally {
      writing.unlock();
      reading.unlock();
    }
  }

  private void advance() throws IOException {
    HandshakeStatus status = engine.getHandshakeStatus();
    while (status != HandshakeStatus.NOT_HANDSHAKING && status != HandshakeStatus.FINISHED) {
      if (status == HandshakeStatus.NEED_TASK) {
        status = runTasks();
      } else if (status == HandshakeStatus.NEED_WRAP) {
        status = wrapControl();
      } else {
        PlaintextException.refuse(netIn, peer());
        SSLEngineResult result = unwrapAside();
        if (result.getStatus() == Status.CLOSED) {
          throw new TlsException(peer() + " closed the connection within the TLS handshake", null);
        }
        if (result.getStatus() == Status.BUFFER_UNDERFLOW) {
          fillOrEnd();
        }
        status = result.getHandshakeStatus();
      }
    }
    settle(engine.getHandshakeStatus());
  }

  // a server that has no room for the connection ends it, as nothing can be said in secret yet
  private void fillOrEnd() throws IOException {
    SocketException reset = null;
    try {
      if (fill()) {
        return;
      }
    } catch (SocketException e) {
      reset = e;
    }
    throw new TlsException(
        peer()
            + (ownServer == null
                ? " ended the connection before it was secured; it may have no room for another one just now, expect the PROXY header of a balancer (its log says so), or speak no TLS 1.3"
                : " ended the connection within the TLS handshake"),
        reset);
  }

  private HandshakeStatus runTasks() {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
    return engine.getHandshakeStatus();
  }

  /** Sends what the engine itself has to say. */
  private HandshakeStatus wrapControl() throws IOException {
    netOut.clear();
    SSLEngineResult result = engine.wrap(NOTHING, netOut);
    flush();
    return result.getHandshakeStatus();
  }

  /** Answers messages after the handshake: KeyUpdate, NewSessionTicket (RFC 8446 4.6). */
  private void settle(HandshakeStatus first) throws IOException {
    HandshakeStatus status = first == HandshakeStatus.NEED_TASK ? runTasks() : first;
    while (status == HandshakeStatus.NEED_WRAP && writing.tryLock()) {
      try {
        status = wrapControl();
      } finally {
        writing.unlock();
      }
      status = status == HandshakeStatus.NEED_TASK ? runTasks() : status;
    }
  }

  private void flush() throws IOException {
    netOut.flip();
    while (netOut.hasRemaining()) {
      out.write(netOut);
    }
  }

  private boolean fill() throws IOException {
    if (ready && netIn.capacity() == packet) {
      netIn = ByteBuffer.allocateDirect(RECORDS * packet).put(netIn).flip();
    }
    netIn.compact();
    try {
      return in.read(netIn) >= 0;
    } finally {
      netIn.flip();
    }
  }

  /** Reads what has come, at least one byte if the buffer has room; -1 after the peer's close. */
  @Override
  public int read(ByteBuffer target) throws IOException {
    enter(reading);
    try {
      requireReady();
      if (!target.hasRemaining()) {
        return 0;
      }
      return app.hasRemaining() ? drain(target) : decrypt(target);
    } catch (SSLException e) {
      throw failed(e);
    } finally {
      reading.unlock();
    }
  }

  private int drain(ByteBuffer target) {
    int count = Math.min(app.remaining(), target.remaining());
    target.put(target.position(), app, app.position(), count);
    app.position(app.position() + count);
    target.position(target.position() + count);
    return count;
  }

  private int decrypt(ByteBuffer target) throws IOException {
    int start = target.position();
    boolean straight = target.remaining() >= record;
    while (true) {
      SSLEngineResult result = straight ? engine.unwrap(netIn, target) : unwrapAside();
      listen(result);
      if (app.hasRemaining()) {
        return drain(target);
      }
      int count = target.position() - start;
      if (result.getStatus() == Status.CLOSED) {
        return count > 0 ? count : -1;
      }
      if (count > 0 && (target.remaining() < record || !netIn.hasRemaining())) {
        return count;
      }
      if (result.getStatus() == Status.BUFFER_UNDERFLOW) {
        if (count > 0) {
          return count;
        }
        if (!fill()) {
          throw new EOFException(
              peer()
                  + " ended the connection without TLS's close_notify: what came may be cut off");
        }
      }
    }
  }

  private void listen(SSLEngineResult result) throws SSLException {
    if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
      runTasks();
    }
    if (result.bytesConsumed() > 0
        && result.bytesProduced() == 0
        && unanswered.incrementAndGet() > MOST_UNANSWERED) {
      throw new SSLException("it sends messages of TLS itself without end, and no data");
    }
  }

  private SSLEngineResult unwrapAside() throws SSLException {
    app.clear();
    try {
      return engine.unwrap(netIn, app);
    } finally {
      app.flip();
    }
  }

  @Override
  public long read(ByteBuffer[] targets) throws IOException {
    return read(targets, 0, targets.length);
  }

  /** Reads into the first buffer with room, then into the next ones what is there already. */
  @Override
  public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, targets.length);
    long total = 0;
    for (int i = offset; i < offset + length; i++) {
      while (targets[i].hasRemaining()) {
        if (total > 0 && !app.hasRemaining()) {
          return total;
        }
        int count = read(targets[i]);
        if (count < 0) {
          return total > 0 ? total : -1;
        }
        total += count;
      }
    }
    return total;
  }

  /** Writes the whole buffer. */
  @Override
  public int write(ByteBuffer source) throws IOException {
    return (int) write(new ByteBuffer[] {source}, 0, 1);
  }

  @Override
  public long write(ByteBuffer[] sources) throws IOException {
    return write(sources, 0, sources.length);
  }

  /** Writes all of the buffers, gathered into full records. */
  @Override
  public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, sources.length);
    enter(writing);
    try {
      requireReady();
      long left = remaining(sources, offset, length);
      long total = left;
      while (left > 0) {
        left -= send(sources, offset, length, left);
      }
      settle(engine.getHandshakeStatus());
      unanswered.set(0);
      return total;
    } catch (SSLException e) {
      throw failed(e);
    } finally {
      writing.unlock();
    }
  }

  private long send(ByteBuffer[] sources, int offset, int length, long left) throws IOException {
    if (left > record && netOut.capacity() == packet) {
      netOut = ByteBuffer.allocateDirect(RECORDS * packet);
    }
    netOut.clear();
    long sent = 0;
    while (sent < left && netOut.remaining() >= packet) {
      SSLEngineResult result = engine.wrap(sources, offset, length, netOut);
      if (result.getStatus() == Status.CLOSED) {
        throw new ClosedChannelException();
      }
      if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
        runTasks();
      } else if (result.bytesConsumed() == 0 && result.bytesProduced() == 0) {
        throw new SSLException("the TLS engine took nothing: " + result);
      }
      sent += result.bytesConsumed();
    }
    flush();
    return sent;
  }

  private static long remaining(ByteBuffer[] buffers, int offset, int length) {
    long sum = 0;
    for (int i = offset; i < offset + length; i++) {
      sum += buffers[i].remaining();
    }
    return sum;
  }

  /** Lists the bindings that this connection has, best first; after the handshake. */
  public List<BindingType> channelBindings() {
    requireReady();
    return BindingType.available(engine.getSession());
  }

  /**
   * Returns a binding's bytes, the same at both ends; after the handshake.
   *
   * @throws TlsException if the running JDK cannot make it
   */
  public byte[] channelBinding(BindingType type) throws IOException {
    requireReady();
    X509Certificate server =
        ownServer != null
            ? ownServer
            : (X509Certificate) engine.getSession().getPeerCertificates()[0];
    return type.bytes(engine.getSession(), server);
  }

  /**
   * Says which certificate the client showed; empty at a client's end and if there was none.
   *
   * @throws IdentityException if it is no longer acceptable
   */
  public Optional<ClientIdentity> client() throws IOException {
    requireReady();
    return ownServer == null ? Optional.empty() : clients.identify(engine.getSession());
  }

  /** Returns the cipher suite agreed on; after the handshake. */
  public String cipherSuite() {
    requireReady();
    return engine.getSession().getCipherSuite();
  }

  private void enter(ReentrantLock turn) throws ClosedChannelException {
    turn.lock();
    if (closed) {
      turn.unlock();
      throw new ClosedChannelException();
    }
  }

  private void requireReady() {
    if (!ready) {
      throw new IllegalStateException("handshake() comes first");
    }
  }

  /** Sends the alert that goes with a failure and says the failure in this package's words. */
  private IOException failed(SSLException failure) {
    if (failure instanceof PlaintextException) {
      return new TlsException(String.valueOf(failure.getMessage()), failure);
    }
    IOException said = IdentityException.in(failure);
    if (said == null) {
      said =
          new TlsException(
              "TLS 1.3 with "
                  + peer()
                  + (ready ? " broke: " : " did not come about: ")
                  + failure.getMessage(),
              failure);
    }
    try {
      settle(engine.getHandshakeStatus());
    } catch (IOException e) {
      said.addSuppressed(e);
    }
    return said;
  }

  private String peer() {
    return (ownServer == null ? "the server at " : "the client at ")
        + engine.getPeerHost()
        + ":"
        + engine.getPeerPort();
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  /**
   * Says close_notify if nobody is writing and the peer takes it at once, then closes the channels
   * below. Does not wait for the peer.
   */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (writing.tryLock()) {
        try {
          if (ready) {
            // a socket cannot be told not to block while somebody reads from it
            boolean isRead = !reading.tryLock();
            try {
              Farewell.say(engine, netOut, out, isRead);
            } finally {
              if (!isRead) {
                reading.unlock();
              }
            }
          }
        } finally {
          writing.unlock();
        }
      }
    } finally {
      try {
        out.close();
      } finally {
        in.close();
      }
    }
  }
}
