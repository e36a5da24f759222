package io.waybill.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server on a free port of 127.0.0.1 that plays scripts: for the replies, drops and silences that
 * no well-behaved SMTP, IMAP or FTP server gives.
 *
 * <p>The first connection plays the first script, the second the second, and so on; further ones
 * play the last again. The server's threads are daemons and have ended when {@link #close} returns.
 */
public final class ScriptedServer implements AutoCloseable {
  private final ServerSocket listener;
  private final List<Script> scripts;
  private final AtomicInteger connections = new AtomicInteger();
  private final List<String> received = new CopyOnWriteArrayList<>();
  private final List<String> problems = new CopyOnWriteArrayList<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final CountDownLatch closing = new CountDownLatch(1);

  private ScriptedServer(ServerSocket listener, List<Script> scripts) {
    this.listener = listener;
    this.scripts = scripts;
  }

  /**
   * Starts a server that plays {@code first} and then {@code others}.
   *
   * @throws UncheckedIOException if no port can be opened
   */
  public static ScriptedServer playing(Script first, Script... others) {
    try {
      List<Script> scripts = new CopyOnWriteArrayList<>(others);
      scripts.add(0, first);
      ScriptedServer server =
          new ScriptedServer(
              new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), List.copyOf(scripts));
      server.startThread("scripted-server-" + server.port(), server::acceptLoop);
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns where clients connect to. */
  public InetSocketAddress address() {
    return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
  }

  /** Returns the port that clients connect to. */
  public int port() {
    return listener.getLocalPort();
  }

  /** Returns how many clients have connected. */
  public int connections() {
    return connections.get();
  }

  /** Returns all lines read so far, without line ends, over all connections. */
  public List<String> received() {
    return List.copyOf(received);
  }

  /** Returns where clients left the script: lines that did not match and ends that came early. */
  public List<String> problems() {
    return List.copyOf(problems);
  }

  /** Closes the port and every connection, and waits for the server's threads to end. */
  @Override
  public void close() {
    closing.countDown();
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

  private void acceptLoop() {
    while (closing.getCount() > 0) {
      try {
        Socket socket = listener.accept();
        open.add(socket);
        int number = connections.incrementAndGet();
        Script script = scripts.get(Math.min(number, scripts.size()) - 1);
        startThread("scripted-server-" + port() + "-" + number, () -> play(script, socket, number));
      } catch (IOException e) {
        if (closing.getCount() > 0) {
          problems.add("cannot accept: " + e);
          return;
        }
      }
    }
  }

  private void play(Script script, Socket socket, int number) {
    try (socket) {
      new ScriptPlayer(socket, received, closing).play(script);
    } catch (ScriptPlayer.LeftScriptException e) {
      problems.add("connection " + number + ": " + e.getMessage());
    } catch (IOException e) {
      if (closing.getCount() > 0) {
        problems.add("connection " + number + ": " + e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(socket);
    }
  }

  private void startThread(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }
}
