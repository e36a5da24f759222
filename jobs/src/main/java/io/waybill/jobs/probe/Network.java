package io.waybill.jobs.probe;

import io.waybill.jobs.net.ScopedSockets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Map;
import javax.net.SocketFactory;

/** The way to a server, below whatever it speaks. */
record Network(String host, int port, SocketFactory factory) {
  private static final int TIMEOUT_MILLIS = 10_000;

  /** Looks the name up. */
  Map<String, Object> name() throws IOException {
    try {
      return Map.of(
          "addresses",
          Arrays.stream(InetAddress.getAllByName(host)).map(InetAddress::getHostAddress).toList());
    } catch (UnknownHostException e) {
      throw new IOException(
          "The name " + host + " is not known; correct it, or ask who runs the name server", e);
    }
  }

  /** Connects and hangs up. */
  Map<String, Object> connect() throws IOException {
    try (Socket socket = connected()) {
      return Map.of("address", String.valueOf(socket.getRemoteSocketAddress()));
    }
  }

  /** Says whether the name is a proxy's to look up. */
  boolean isProxied() {
    return factory instanceof ScopedSockets.Factory scoped && scoped.proxy().isPresent();
  }

  /** Connects, with a limit for each read. */
  Socket connected() throws IOException {
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

  String endpoint() {
    return host + ":" + port;
  }
}
