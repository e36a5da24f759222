package io.waybill.testkit;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * An IMAP server on a free port of 127.0.0.1 that behaves well until it is told otherwise, command
 * by command: for what no server admits to doing.
 *
 * <pre>{@code
 * try (ScriptedImapServer server = ScriptedImapServer.start()) {
 *   server.user("ops", "secret").withholding("MOVE", "UIDPLUS");
 *   server.folder("INBOX").add("Subject: hello", "", "text");
 *   server.at("IDLE").stall();                     // half open: nothing is ever said again
 *   read(server.port());
 * }
 * }</pre>
 *
 * <p>It keeps every command that it hears. All methods may be called from any thread, also while
 * clients are connected; its threads are daemons and have ended when {@link #close} returns.
 */
public final class ScriptedImapServer implements AutoCloseable {
  private static final long JOIN_MILLIS = 10_000;
  private static final List<String> CAPABILITIES =
      List.of(
          "IMAP4rev1",
          "IDLE",
          "UIDPLUS",
          "MOVE",
          "NAMESPACE",
          "SPECIAL-USE",
          "ID",
          "SASL-IR",
          "LITERAL+");

  private final ServerSocket listener;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Map<String, ScriptedFolder> folders = new ConcurrentSkipListMap<>();
  private final Map<String, String> uses = new ConcurrentHashMap<>();
  private final List<ImapOccasion.Rule> rules = new CopyOnWriteArrayList<>();
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final SmtpLogins logins = new SmtpLogins();
  private volatile Set<String> withheld = Set.of();
  private volatile List<String> extra = List.of();
  private volatile @Nullable SSLContext tls;
  private volatile boolean isSecuredFromTheStart;
  private volatile int pieces = Integer.MAX_VALUE;
  private volatile boolean isPreauthenticated;

  private ScriptedImapServer() throws IOException {
    listener = new ServerSocket(0, 600, InetAddress.getLoopbackAddress());
    folder("INBOX");
  }

  /**
   * Starts one without TLS and with an INBOX, into which nobody is let yet.
   *
   * @throws UncheckedIOException if no port can be opened
   */
  public static ScriptedImapServer start() {
    try {
      ScriptedImapServer server = new ScriptedImapServer();
      server.startThread("accept", server::acceptLoop);
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Begins to say what happens at commands that begin so, in any case, without their tags. */
  public ImapOccasion at(String command) {
    return new ImapOccasion(this, command);
  }

  void arm(ImapOccasion.Rule rule) {
    rules.add(0, rule);
  }

  /** Forgets all that was said by {@link #at}. */
  public ScriptedImapServer behave() {
    rules.clear();
    return this;
  }

  /** Returns a folder, which is made if it is not there. */
  public ScriptedFolder folder(String name) {
    return folders.computeIfAbsent(name, each -> new ScriptedFolder(each, 1));
  }

  /** Marks a folder for a use (RFC 6154), as in {@code \Sent}. */
  public ScriptedImapServer marking(String folder, String use) {
    folder(folder);
    uses.put(folder, use);
    return this;
  }

  /** Lets a user in. */
  public ScriptedImapServer user(String name, String password) {
    logins.user(name, password);
    return this;
  }

  /** Returns who may log in, and how, to be changed. */
  public SmtpLogins logins() {
    return logins;
  }

  /** Leaves these out of its capabilities, and does not know what they stand for. */
  public ScriptedImapServer withholding(String... names) {
    withheld =
        Stream.of(names)
            .map(each -> each.toUpperCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
    return this;
  }

  /** Names these among its capabilities too. */
  public ScriptedImapServer offering(String... names) {
    extra = List.of(names);
    return this;
  }

  /** Offers STARTTLS. */
  public ScriptedImapServer securing(SSLContext context) {
    tls = context;
    return this;
  }

  /** Has new connections begin with TLS. */
  public ScriptedImapServer securingFromTheStart(SSLContext context) {
    tls = context;
    isSecuredFromTheStart = true;
    return this;
  }

  /** Greets as if the client had logged in (PREAUTH). */
  public ScriptedImapServer preauthenticating() {
    isPreauthenticated = true;
    return this;
  }

  /** Writes at most so many bytes at a time, so that everything is split anywhere. */
  public ScriptedImapServer inPiecesOf(int bytes) {
    pieces = bytes;
    return this;
  }

  /** Ends all connections, as a server does that is stopped. */
  public void dismissAll() {
    for (Socket socket : sockets) {
      try {
        socket.close();
      } catch (IOException e) {
        heard.add("(" + e.getMessage() + ")");
      }
    }
  }

  /** Returns the port. */
  public int port() {
    return listener.getLocalPort();
  }

  /** Returns every command that was heard, without tags, in order; passwords too. */
  public List<String> heard() {
    return List.copyOf(heard);
  }

  /** Returns how many connections are open. */
  public int openConnections() {
    return (int) sockets.stream().filter(each -> !each.isClosed()).count();
  }

  List<String> capabilities(boolean isSecured) {
    List<String> all = new ArrayList<>(CAPABILITIES);
    all.addAll(extra);
    if (tls != null && !isSecured) {
      all.add("STARTTLS");
    }
    if (logins.mayTry(isSecured)) {
      logins.offered().forEach(each -> all.add("AUTH=" + each));
    } else {
      all.add("LOGINDISABLED");
    }
    all.removeIf(each -> withheld.contains(each.toUpperCase(Locale.ROOT)));
    return all;
  }

  boolean offers(String capability) {
    return extra.contains(capability);
  }

  boolean knows(String capability) {
    return !withheld.contains(capability);
  }

  Optional<SSLContext> tls() {
    return Optional.ofNullable(tls);
  }

  boolean isSecuredFromTheStart() {
    return isSecuredFromTheStart;
  }

  boolean isPreauthenticated() {
    return isPreauthenticated;
  }

  int pieces() {
    return pieces;
  }

  Optional<ScriptedFolder> find(String name) {
    return Optional.ofNullable(folders.get(name.equalsIgnoreCase("INBOX") ? "INBOX" : name));
  }

  List<String> folderNames() {
    return List.copyOf(folders.keySet());
  }

  String use(String folder) {
    return uses.getOrDefault(folder, "");
  }

  void hear(String command) {
    heard.add(command);
  }

  /** Returns what is to be done instead of the usual; every rule for it counts it. */
  ImapOccasion.@Nullable Deed due(String command) {
    ImapOccasion.Deed deed = null;
    for (ImapOccasion.Rule rule : rules) {
      if (rule.isDue(command) && deed == null) {
        deed = rule.deed();
      }
    }
    return deed;
  }

  /** Waits so long; ends with an exception when the server is closed. */
  void pause(Duration time) throws IOException {
    try {
      if (!closing.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new InterruptedIOException("the server is closed");
  }

  private void acceptLoop() {
    while (closing.getCount() > 0) {
      try {
        Socket socket = listener.accept();
        sockets.add(socket);
        startThread("connection", () -> serve(socket));
      } catch (IOException e) {
        if (closing.getCount() > 0) {
          hear("(cannot accept: " + e + ")");
        }
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      new ImapConversation(this, socket).converse();
    } catch (IOException | RuntimeException e) {
      if (closing.getCount() > 0) {
        hear("(" + e + ")");
      }
    } finally {
      sockets.remove(socket);
    }
  }

  private void startThread(String name, Runnable work) {
    Thread thread = new Thread(work, "scripted-imap-" + port() + "-" + name);
    thread.setDaemon(true);
    threads.removeIf(each -> !each.isAlive());
    threads.add(thread);
    thread.start();
  }

  /** Closes the port and every connection, and waits for the threads to end. */
  @Override
  public void close() {
    closing.countDown();
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    dismissAll();
    for (Thread thread : threads) {
      thread.interrupt();
      try {
        thread.join(JOIN_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
