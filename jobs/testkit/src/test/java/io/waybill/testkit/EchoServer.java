package io.waybill.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A target: sends back what it hears and remembers, per connection, what it heard and how it ended.
 */
final class EchoServer {
  final List<Heard> heard = new CopyOnWriteArrayList<>();
  private final ServerSocket listener;
  private final Thread acceptor;

  EchoServer() throws IOException {
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    acceptor = new Thread(this::accept, "echo");
    acceptor.setDaemon(true);
    acceptor.start();
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        Heard one = new Heard();
        heard.add(one);
        Thread thread = new Thread(() -> one.echo(socket), "echo-connection");
        thread.setDaemon(true);
        thread.start();
      }
    } catch (IOException closed) {
      // the test is over
    }
  }

  void stop() throws IOException, InterruptedException {
    listener.close();
    acceptor.join();
    for (Heard one : heard) {
      one.ended.await(10, TimeUnit.SECONDS);
    }
  }

  static final class Heard {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile String ending = "open";

    byte[] bytes() {
      return bytes.toByteArray();
    }

    String awaitEnding() throws InterruptedException {
      ended.await(10, TimeUnit.SECONDS);
      return ending;
    }

    String ending() {
      return ending;
    }

    private void echo(Socket socket) {
      try (socket) {
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[8192];
        int length;
        while ((length = in.read(buffer)) >= 0) {
          bytes.write(buffer, 0, length);
          socket.getOutputStream().write(buffer, 0, length);
        }
        ending = "end of stream";
      } catch (IOException e) {
        ending = "broken";
      } finally {
        ended.countDown();
      }
    }
  }
}
