package io.waybill.mail.smtp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * An SMTP server that answers as it is told and misbehaves at one point; everything it hears is
 * kept. Points are command names, {@code CONTENT} (after 354) and {@code DOT} (after the final
 * dot).
 */
public final class ScriptedSmtp implements AutoCloseable {
  /** What happens instead of an answer. */
  public enum Fault {
    /** The connection is closed. */
    DROP,
    /** Nothing is said any more. */
    STALL
  }

  private final ServerSocket listener;
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final List<String> messages = new CopyOnWriteArrayList<>();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final Map<String, String> replies = new ConcurrentHashMap<>();
  private final Map<String, Fault> faults = new ConcurrentHashMap<>();
  private volatile List<String> extensions = List.of("SIZE 1000000", "ENHANCEDSTATUSCODES");

  /** Listens on a free port of the loopback. */
  public ScriptedSmtp() throws IOException {
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  /** Offers exactly these extensions. */
  public ScriptedSmtp offering(String... lines) {
    extensions = List.of(lines);
    return this;
  }

  /** Answers commands that start so with this reply. */
  public ScriptedSmtp answering(String command, String reply) {
    replies.put(command, reply);
    return this;
  }

  /** Misbehaves at a point. */
  public ScriptedSmtp failingAt(String point, Fault fault) {
    faults.put(point, fault);
    return this;
  }

  /** Behaves again. */
  public ScriptedSmtp healed() {
    faults.clear();
    return this;
  }

  /** Returns the port. */
  public int port() {
    return listener.getLocalPort();
  }

  /** Returns all command lines of all connections. */
  public List<String> heard() {
    return heard;
  }

  /** Returns every content whose final dot was heard. */
  public List<String> messages() {
    return messages;
  }

  /** Returns how many connections were accepted. */
  public int connections() {
    return sockets.size();
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
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      if (!say(socket, "GREETING", "220 scripted")) {
        return;
      }
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        heard.add(line);
        if (!respond(socket, in, line)) {
          return;
        }
      }
    } catch (IOException e) {
      heard.add("(" + e.getMessage() + ")");
    }
  }

  private boolean respond(Socket socket, BufferedReader in, String line) throws IOException {
    String verb = line.split(" ", 2)[0].toUpperCase(Locale.ROOT);
    return switch (verb) {
      case "EHLO" -> say(socket, verb, ehlo());
      case "QUIT" -> {
        say(socket, verb, "221 bye");
        yield false;
      }
      case "AUTH" -> say(socket, verb, "235 2.7.0 welcome");
      case "RCPT" -> say(socket, line, "250 2.1.5 ok");
      case "DATA" -> say(socket, verb, "354 go") && (reply("DATA") != null || content(socket, in));
      default -> say(socket, verb, "250 2.0.0 ok");
    };
  }

  private boolean content(Socket socket, BufferedReader in) throws IOException {
    if (!say(socket, "CONTENT", null)) {
      return false;
    }
    StringBuilder content = new StringBuilder();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.equals(".")) {
        messages.add(content.toString());
        return say(socket, "DOT", "250 2.0.0 queued as 42");
      }
      content.append(line.startsWith(".") ? line.substring(1) : line).append("\r\n");
    }
    return false;
  }

  private String ehlo() {
    StringBuilder text = new StringBuilder(extensions.isEmpty() ? "250 scripted" : "250-scripted");
    for (int i = 0; i < extensions.size(); i++) {
      text.append("\r\n250")
          .append(i + 1 < extensions.size() ? '-' : ' ')
          .append(extensions.get(i));
    }
    return text.toString();
  }

  private @Nullable String reply(String point) {
    return replies.entrySet().stream()
        .filter(entry -> point.startsWith(entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(null);
  }

  /** Answers, or misbehaves; false ends the connection. */
  private boolean say(Socket socket, String point, @Nullable String usual) throws IOException {
    Fault fault = faults.get(point);
    if (fault == Fault.DROP) {
      return false;
    }
    if (fault == Fault.STALL) {
      while (socket.getInputStream().read() >= 0) {
        // swallow everything until the client gives up
      }
      return false;
    }
    String scripted = reply(point);
    String answer = scripted == null ? usual : scripted;
    if (answer != null) {
      socket.getOutputStream().write((answer + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
    }
    return scripted == null || !scripted.startsWith("421");
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "scripted-smtp");
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
