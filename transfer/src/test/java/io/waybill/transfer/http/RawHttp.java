package io.waybill.transfer.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ServerSocketFactory;

/** A server that sends whatever bytes a test has it send, one answer for each connection. */
final class RawHttp implements AutoCloseable {
  /** A request, without its content. */
  record Request(String method, String target, Map<String, String> headers) {
    String header(String name) {
      return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }

    /** Returns where the range that is asked for begins; 0 without one. */
    int from() {
      String range = header("Range");
      return range.isEmpty() ? 0 : Integer.parseInt(range.substring(6, range.indexOf('-')));
    }
  }

  /** Answers. */
  interface Answer {
    void to(Request request, Output out) throws IOException;
  }

  /** Where an answer goes. */
  record Output(OutputStream stream) {
    void head(int code, String... headers) throws IOException {
      StringBuilder text = new StringBuilder("HTTP/1.1 " + code + " X\r\nConnection: close\r\n");
      for (String header : headers) {
        text.append(header).append("\r\n");
      }
      text(text.append("\r\n").toString());
    }

    void text(String text) throws IOException {
      stream.write(text.getBytes(StandardCharsets.ISO_8859_1));
      stream.flush();
    }

    void bytes(byte[] bytes, int from, int to) throws IOException {
      stream.write(bytes, from, to - from);
      stream.flush();
    }
  }

  final List<Request> seen = new CopyOnWriteArrayList<>();
  private final ServerSocket listening;
  private final boolean isTls;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile Answer answer;

  RawHttp(Answer answer) throws IOException {
    this(ServerSocketFactory.getDefault(), false, answer);
  }

  RawHttp(ServerSocketFactory factory, boolean isTls, Answer answer) throws IOException {
    this.listening = factory.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.isTls = isTls;
    this.answer = answer;
    start("raw-http", this::accept);
  }

  private static void start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  void answering(Answer other) {
    answer = other;
  }

  int port() {
    return listening.getLocalPort();
  }

  HttpSite.Builder settings() {
    return HttpSite.builder()
        .host("127.0.0.1")
        .port(port())
        .https(isTls)
        .sleeper(duration -> {})
        .random(new Random(1));
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket socket = listening.accept();
        open.add(socket);
        start("raw-http-connection", () -> serve(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      String[] first = line(in).split(" ", -1);
      if (first.length < 2) {
        return;
      }
      Map<String, String> headers = new TreeMap<>();
      for (String line = line(in); !line.isEmpty(); line = line(in)) {
        int colon = line.indexOf(':');
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
      Request request = new Request(first[0], first[1], headers);
      seen.add(request);
      answer.to(request, new Output(socket.getOutputStream()));
      socket.shutdownOutput();
      while (in.read() >= 0) {
        // until the client closes, so that no reset overtakes the answer
      }
    } catch (IOException | RuntimeException e) {
      // the client went away, or the test is over
      open.remove(socket);
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int each = in.read(); each >= 0 && each != '\n'; each = in.read()) {
      if (each != '\r') {
        line.append((char) each);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Socket each : open) {
      each.close();
    }
  }
}
