package io.waybill;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An HTTP proxy that wants a login, and leads everybody to one port of this machine, or to the one
 * that is asked for.
 */
final class ConnectProxy implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
  private final String authorization;
  private final int to;

  /** The first line of each request. */
  final List<String> requests = new CopyOnWriteArrayList<>();

  /** Starts one that leads to the ports that are asked for. */
  ConnectProxy(String login) throws IOException {
    this(login, 0);
  }

  ConnectProxy(String login, int to) throws IOException {
    this.authorization =
        "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
    this.to = to;
    run(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  private static void run(Runnable work) {
    Thread thread = new Thread(work, "connect-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        run(() -> serve(client));
      }
    } catch (IOException e) {
      if (!listener.isClosed()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append((char) client.getInputStream().read());
      }
      requests.add(head.substring(0, head.indexOf("\r\n")));
      if (head.indexOf(authorization) < 0) {
        client.getOutputStream().write("HTTP/1.1 407 login\r\n\r\n".getBytes(ISO_8859_1));
        return;
      }
      String target = head.substring(head.indexOf(" ") + 1, head.indexOf(" HTTP/"));
      int port = to > 0 ? to : Integer.parseInt(target.substring(target.lastIndexOf(':') + 1));
      try (Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
        client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(ISO_8859_1));
        run(() -> pump(server, client));
        pump(client, server);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void pump(Socket from, Socket to) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      in.transferTo(to.getOutputStream());
    } catch (IOException e) {
      return; // one of them is gone, and so is the other now
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
