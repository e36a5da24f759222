package io.waybill.jobs.net;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Asks a proxy, on a connected socket, to connect further. */
final class ProxyHandshake {
  private static final int MAX_HTTP_HEAD_BYTES = 8192;

  private ProxyHandshake() {}

  /** Returns when everything that follows on the socket goes to the target. */
  static void perform(Proxy proxy, Socket socket, InetSocketAddress target) throws IOException {
    switch (proxy.kind()) {
      case SOCKS5 -> socks5(socket, target);
      case HTTP_CONNECT -> httpConnect(socket, target);
    }
  }

  // RFC 1928: greeting 05 01 00, answer 05 00; request 05 01 00 03 len name port; answer 05 rep 00
  // atyp addr port.
  private static void socks5(Socket socket, InetSocketAddress target) throws IOException {
    byte[] name = target.getHostString().getBytes(StandardCharsets.US_ASCII);
    if (name.length > 255) {
      throw new ProtocolException(
          "the host name is longer than the 255 bytes that SOCKS5 can carry");
    }
    OutputStream out = socket.getOutputStream();
    DataInputStream in = new DataInputStream(socket.getInputStream());
    out.write(new byte[] {5, 1, 0});
    if (in.readUnsignedByte() != 5 || in.readUnsignedByte() != 0) {
      throw new ProtocolException(
          "the SOCKS5 proxy does not accept a client without authentication");
    }
    byte[] request = new byte[7 + name.length];
    request[0] = 5;
    request[1] = 1;
    request[3] = 3;
    request[4] = (byte) name.length;
    System.arraycopy(name, 0, request, 5, name.length);
    request[5 + name.length] = (byte) (target.getPort() >> 8);
    request[6 + name.length] = (byte) target.getPort();
    out.write(request);
    if (in.readUnsignedByte() != 5) {
      throw new ProtocolException("the proxy does not speak SOCKS5");
    }
    int reply = in.readUnsignedByte();
    in.readUnsignedByte();
    int addressLength =
        switch (in.readUnsignedByte()) {
          case 1 -> 4;
          case 3 -> in.readUnsignedByte();
          case 4 -> 16;
          default ->
              throw new ProtocolException("the SOCKS5 proxy sent an unknown kind of address");
        };
    in.readFully(new byte[addressLength + 2]);
    if (reply != 0) {
      throw new IOException(
          "the SOCKS5 proxy could not reach " + target.getHostString() + " (reply " + reply + ")");
    }
  }

  private static void httpConnect(Socket socket, InetSocketAddress target) throws IOException {
    String authority = target.getHostString() + ":" + target.getPort();
    socket
        .getOutputStream()
        .write(
            ("CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    String status = readHead(socket.getInputStream()).lines().findFirst().orElse("");
    if (!status.matches("HTTP/1\\.[01] 2\\d\\d.*")) {
      throw new IOException("the HTTP proxy refused CONNECT " + authority + ": " + status);
    }
  }

  // Byte by byte: what follows the blank line already belongs to the target.
  private static String readHead(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < MAX_HTTP_HEAD_BYTES) {
      int next = in.read();
      if (next < 0) {
        throw new ProtocolException("the HTTP proxy closed the connection");
      }
      head.append((char) next);
      if (head.length() >= 4 && head.substring(head.length() - 4).equals("\r\n\r\n")) {
        return head.toString();
      }
    }
    throw new ProtocolException("the HTTP proxy's answer has no end");
  }
}
