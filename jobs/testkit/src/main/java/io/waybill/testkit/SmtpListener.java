package io.waybill.testkit;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The port, the connections and the threads of a {@link ScriptedSmtpServer}. */
final class SmtpListener {
  private static final long JOIN_MILLIS = 10_000;

  private final SmtpTerms terms;
  private final SmtpRules rules;
  private final SmtpLedger ledger;
  private final ServerSocket listener;
  private final Map<Integer, Socket> sockets = new ConcurrentHashMap<>();
  private final Map<Integer, SmtpExchange> exchanges = new ConcurrentHashMap<>();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final CountDownLatch closing = new CountDownLatch(1);

  SmtpListener(SmtpTerms terms, SmtpRules rules, SmtpLedger ledger) throws IOException {
    this.terms = terms;
    this.rules = rules;
    this.ledger = ledger;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  void start() {
    startThread("accept", this::acceptLoop);
  }

  SmtpTerms terms() {
    return terms;
  }

  SmtpRules rules() {
    return rules;
  }

  SmtpLedger ledger() {
    return ledger;
  }

  InetSocketAddress address() {
    return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
  }

  /** Waits so long, or for ever; ends with an exception when the server is closed. */
  void pause(@Nullable Duration time) throws IOException {
    try {
      if (time == null) {
        closing.await();
      } else if (!closing.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new InterruptedIOException("the server is closed");
  }

  /** Ends every connection, with these last words. */
  void dismissAll(String... lastWords) {
    for (SmtpExchange exchange : exchanges.values()) {
      try {
        exchange.dismiss(lastWords);
      } catch (IOException e) {
        ledger.problem("connection " + exchange.number() + " was gone already: " + e);
      }
    }
  }

  private boolean isClosing() {
    return closing.getCount() == 0;
  }

  private void acceptLoop() {
    while (!isClosing()) {
      try {
        Socket socket = listener.accept();
        int number = ledger.opened();
        sockets.put(number, socket);
        if (isClosing()) {
          socket.close(); // too late for close() to have seen it
        }
        startThread(Integer.toString(number), () -> serve(socket, number));
      } catch (IOException e) {
        if (!isClosing()) {
          ledger.problem("cannot accept: " + e);
          return;
        }
      }
    }
  }

  private void serve(Socket socket, int number) {
    try (socket) {
      SmtpExchange exchange = new SmtpExchange(this, socket, number);
      exchanges.put(number, exchange);
      exchange.converse();
    } catch (IOException | RuntimeException e) {
      SmtpExchange exchange = exchanges.get(number);
      if (!isClosing() && (exchange == null || !exchange.isOver())) {
        ledger.problem("connection " + number + ": " + e);
      }
    } finally {
      exchanges.remove(number);
      sockets.remove(number);
      ledger.closed(number);
    }
  }

  private void startThread(String name, Runnable work) {
    Thread thread = new Thread(work, "scripted-smtp-" + listener.getLocalPort() + "-" + name);
    thread.setDaemon(true);
    threads.removeIf(each -> !each.isAlive());
    threads.add(thread);
    thread.start();
  }

  /** Closes the port and every connection, and waits for the threads to end. */
  void close() throws IOException {
    closing.countDown();
    listener.close();
    for (Socket socket : sockets.values()) {
      socket.close();
    }
    for (Thread thread : threads) {
      thread.interrupt(); // one may wait for a latch of the test
      try {
        thread.join(JOIN_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
