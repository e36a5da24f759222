package io.waybill.jobs.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Map;
import javax.net.SocketFactory;

/**
 * The way to a server, below whatever it speaks.
 *
 * @param factory makes the sockets, which go through the proxy, if there is one
 */
public record Network(String host, int port, SocketFactory factory) {
  private static final int TIMEOUT_MILLIS = 10_000;

  /**
   * Looks the name up.
   *
   * @throws IOException if nobody knows it
   */
  public Map<String, Object> name() throws IOException {
    try {
      return Map.of(
          "addresses",
          Arrays.stream(InetAddress.getAllByName(host)).map(InetAddress::getHostAddress).toList());
    } catch (UnknownHostException e) {
      throw new IOException(
          "The name " + host + " is not known; correct it, or ask who runs the name server", e);
    }
  }

  /**
   * Connects and hangs up.
   *
   * @throws IOException if that cannot be
   */
  public Map<String, Object> connect() throws IOException {
    try (Socket socket = connected()) {
      return Map.of("address", String.valueOf(socket.getRemoteSocketAddress()));
    }
  }

  /** Says whether the name is a proxy's to look up. */
  public boolean isProxied() {
    return factory instanceof ScopedSockets.Factory scoped && scoped.proxy().isPresent();
  }

  /**
   * Connects, with a limit of 10 s for that and for each read.
   *
   * @throws IOException if that cannot be
   */
  public Socket connected() throws IOException {
    Socket socket = factory.createSocket();
    try {
      socket.connect(
          isProxied()
              ? InetSocketAddress.createUnresolved(host, port)
              : new InetSocketAddress(host, port),
          TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Returns {@code host:port}. */
  public String endpoint() {
    return host + ":" + port;
  }
}
