package io.waybill.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * An FTP server on a free port of 127.0.0.1 that behaves well until it is told otherwise, verb by
 * verb: for what no server admits to doing.
 *
 * <pre>{@code
 * try (ScriptedFtpServer server = ScriptedFtpServer.start()) {
 *   server.features("MLST type*;size*;modify*;", "REST STREAM").file("a", bytes);
 *   server.on("STOR", (exchange, name) -> exchange.ordinarily());   // what happens anyway
 *   server.on("RETR", (exchange, name) -> exchange.hangUp());
 * }
 * }</pre>
 *
 * <p>It has one directory, in memory, and takes every login. Passive connections only, EPSV and
 * PASV. With {@link #securing} it offers AUTH TLS and PROT P. Its threads are daemons and have
 * ended when {@link #close} returns.
 */
public final class ScriptedFtpServer implements AutoCloseable {
  /** Answers a command, instead of the server. */
  @FunctionalInterface
  public interface Answer {
    /**
     * Answers one.
     *
     * @param argument what stood behind the verb, or nothing
     * @throws IOException ends the control connection
     */
    void to(FtpExchange exchange, String argument) throws IOException;
  }

  /** The name that {@link #on} knows the greeting by. */
  public static final String GREETING = "(GREETING)";

  private final ServerSocket listener;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final Map<String, byte[]> files = new ConcurrentSkipListMap<>();
  private final List<String> received = new CopyOnWriteArrayList<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private volatile List<String> features = List.of();
  private volatile @Nullable SSLContext tls;
  private volatile boolean losesEarly;
  private volatile boolean closing;

  private ScriptedFtpServer(ServerSocket listener) {
    this.listener = listener;
  }

  /**
   * Starts one that offers no features.
   *
   * @throws UncheckedIOException if no port can be opened
   */
  public static ScriptedFtpServer start() {
    try {
      ScriptedFtpServer server =
          new ScriptedFtpServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
      server.startThread("accept", server::acceptLoop);
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Says what FEAT lists from now on. */
  public ScriptedFtpServer features(String... lines) {
    features = List.of(lines);
    return this;
  }

  /** Has a verb, or {@link #GREETING}, answered by somebody else from now on. */
  public ScriptedFtpServer on(String verb, Answer answer) {
    answers.put(verb.toUpperCase(Locale.ROOT), requireNonNull(answer, "answer"));
    return this;
  }

  /** Has a verb answered with these lines from now on, and nothing done. */
  public ScriptedFtpServer on(String verb, String... lines) {
    return on(verb, (exchange, argument) -> exchange.reply(lines));
  }

  /** Puts a file into its directory. */
  public ScriptedFtpServer file(String name, byte[] content) {
    files.put(name, content.clone());
    return this;
  }

  /** Offers TLS by AUTH TLS from now on. */
  public ScriptedFtpServer securing(SSLContext context) {
    tls = requireNonNull(context, "context");
    return this;
  }

  /** Has what comes before the reply to the last command was sent lost from now on. */
  public ScriptedFtpServer losingWhatComesTooEarly() {
    losesEarly = true;
    return this;
  }

  boolean losesEarly() {
    return losesEarly;
  }

  /** Returns its files, live. */
  public Map<String, byte[]> files() {
    return files;
  }

  /** Returns all commands so far, without line ends, over all connections. */
  public List<String> received() {
    return List.copyOf(received);
  }

  /** Returns how many control connections there were. */
  public int connections() {
    return connections.get();
  }

  /** Returns where clients connect to. */
  public InetSocketAddress address() {
    return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
  }

  /** Returns the port that clients connect to. */
  public int port() {
    return listener.getLocalPort();
  }

  List<String> offered() {
    return features;
  }

  @Nullable SSLContext tls() {
    return tls;
  }

  @Nullable Answer answer(String verb) {
    return answers.get(verb);
  }

  void note(String command) {
    received.add(command);
  }

  Socket remember(Socket socket) throws IOException {
    open.removeIf(Socket::isClosed);
    open.add(socket);
    if (closing) {
      socket.close();
    }
    return socket;
  }

  private void acceptLoop() {
    while (!closing) {
      try {
        Socket socket = remember(listener.accept());
        int number = connections.incrementAndGet();
        startThread("control-" + number, () -> serve(socket, number));
      } catch (IOException e) {
        if (!closing) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void serve(Socket socket, int number) {
    try (socket;
        FtpExchange exchange = new FtpExchange(this, socket, number)) {
      exchange.converse();
    } catch (IOException e) {
      // the client has had enough, or the test is over
      received.add("(connection " + number + " ended: " + e.getMessage() + ")");
    }
  }

  private void startThread(String name, Runnable work) {
    Thread thread = new Thread(work, "scripted-ftp-" + port() + "-" + name);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  /** Closes the port and every connection, and waits for the server's threads to end. */
  @Override
  public void close() {
    closing = true;
    try {
      listener.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (Thread thread : threads) {
      try {
        thread.join(10_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
