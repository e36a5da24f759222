package io.waybill.mail.imap;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/** An IMAP server that lets anybody log in and falls silent at the first command of a kind. */
final class StallingImap implements AutoCloseable {
  private final ServerSocket listener;
  private final String silentAt;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final List<String> heard = new CopyOnWriteArrayList<>();

  /** {@code silentAt} is a command, or GREETING. */
  StallingImap(String silentAt) throws IOException {
    this.silentAt = silentAt;
    this.listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  List<String> heard() {
    return heard;
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        sockets.add(socket);
        start(() -> serve(socket));
      }
    } catch (IOException e) {
      if (!listener.isClosed()) {
        throw new IllegalStateException(e);
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      if (!silentAt.equals("GREETING")) {
        say(socket, "* OK [CAPABILITY IMAP4rev1] ready");
      }
      boolean silent = silentAt.equals("GREETING");
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] words = line.split(" ", 3);
        String command = words.length > 1 ? words[1].toUpperCase(Locale.ROOT) : "";
        heard.add(command);
        silent |= command.equals(silentAt);
        if (!silent) {
          String untagged = command.equals("CAPABILITY") ? "* CAPABILITY IMAP4rev1\r\n" : "";
          say(socket, untagged + words[0] + " OK done");
        }
      }
    } catch (IOException e) {
      heard.add("(" + e.getMessage() + ")");
    }
  }

  private static void say(Socket socket, String line) throws IOException {
    socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "stalling-imap");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
