package io.waybill.transfer.sftp;

import com.jcraft.jsch.SocketFactory;
import io.waybill.transfer.remote.OpenSockets;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/** Lets the SSH library have sockets of ours, and hears whether the server greets. */
final class SshSockets implements SocketFactory {
  private static final String GREETING = "SSH-";

  private final OpenSockets sockets;
  private volatile int greeted;

  SshSockets(OpenSockets sockets) {
    this.sockets = sockets;
  }

  /** Says whether the first that came was an SSH greeting (RFC 4253 4.2). */
  boolean isGreeted() {
    return greeted >= GREETING.length();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    Socket socket = sockets.connect(host, port, "ssh");
    socket.setKeepAlive(true);
    return socket;
  }

  @Override
  public InputStream getInputStream(Socket socket) throws IOException {
    return new Listening(socket.getInputStream());
  }

  @Override
  public OutputStream getOutputStream(Socket socket) throws IOException {
    return socket.getOutputStream();
  }

  private final class Listening extends FilterInputStream {
    Listening(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      if (!isGreeted()) {
        hear(read);
      }
      return read;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = super.read(bytes, offset, length);
      for (int at = 0; at < read && !isGreeted(); at++) {
        hear(bytes[offset + at]);
      }
      return read;
    }

    // a line that only looks like one at first starts anew: servers may say something before
    private void hear(int heard) {
      greeted = heard == GREETING.charAt(greeted) ? greeted + 1 : 0;
    }
  }
}
