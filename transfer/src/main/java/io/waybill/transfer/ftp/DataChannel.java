package io.waybill.transfer.ftp;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One data connection, in the clear or with TLS over it. */
final class DataChannel implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(DataChannel.class);
  private static final int FAREWELL_MILLIS = 10_000;

  private final Socket socket;
  private final @Nullable PortAliasSocket below;

  private DataChannel(Socket socket, @Nullable PortAliasSocket below) {
    this.socket = socket;
    this.below = below;
  }

  static DataChannel plain(Socket connected) {
    return new DataChannel(connected, null);
  }

  /** Makes a protected one; the handshake is made here. */
  static DataChannel secured(Socket connected, int controlPort, SessionTls tls) throws IOException {
    PortAliasSocket below = new PortAliasSocket(connected, controlPort);
    return new DataChannel(tls.data(below), below);
  }

  InputStream in() throws IOException {
    return socket.getInputStream();
  }

  OutputStream out() throws IOException {
    return socket.getOutputStream();
  }

  /**
   * Says, when all was read, whether TLS said that it was all: a connection that just ends may have
   * been ended by anybody on the way. In the clear nothing can be said.
   */
  boolean endedAbruptly() {
    return below != null && below.sawEnd();
  }

  /**
   * Says that all was written. With TLS the server's own end is waited for: only so is what it sent
   * for the next connection to resume from read (RFC 8446 4.6.1), and is nothing lost to a reset.
   */
  void finish() throws IOException {
    if (below == null) {
      return; // closing says it
    }
    socket.setSoTimeout(FAREWELL_MILLIS);
    socket.shutdownOutput();
    try {
      InputStream in = socket.getInputStream();
      byte[] nothing = new byte[16];
      while (in.read(nothing) >= 0) {
        LOG.debug("event=ftp-data-unasked");
      }
    } catch (SocketTimeoutException e) {
      // the final reply decides
      LOG.debug("event=ftp-data-open", e);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
