package io.waybill.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Keeps what a {@link ScriptedSmtpServer} heard, and wakes those who wait for it. */
final class SmtpLedger {
  private final List<SmtpCommand> commands = new ArrayList<>();
  private final List<SmtpBatch> batches = new ArrayList<>();
  private final List<ReceivedMail> messages = new ArrayList<>();
  private final List<ReceivedMail> accepted = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private final Set<Integer> open = new HashSet<>();
  private int connections;
  private int mostOpen;
  private int loginAttempts;
  private int logins;
  private int queueIds;

  /** Counts a new connection and returns its number. */
  synchronized int opened() {
    connections++;
    open.add(connections);
    mostOpen = Math.max(mostOpen, open.size());
    notifyAll();
    return connections;
  }

  synchronized void closed(int connection) {
    open.remove(connection);
    notifyAll();
  }

  synchronized void heard(int connection, String line) {
    commands.add(new SmtpCommand(connection, line));
    notifyAll();
  }

  synchronized void batch(int connection, int bytes, List<String> lines) {
    batches.add(new SmtpBatch(connection, bytes, lines));
    notifyAll();
  }

  synchronized void message(ReceivedMail mail) {
    messages.add(mail);
    notifyAll();
  }

  synchronized void accepted(ReceivedMail mail) {
    accepted.add(mail);
    notifyAll();
  }

  synchronized void problem(String what) {
    problems.add(what);
    notifyAll();
  }

  synchronized void loginTried() {
    loginAttempts++;
    notifyAll();
  }

  synchronized void loggedIn() {
    logins++;
    notifyAll();
  }

  synchronized String nextQueueId() {
    queueIds++;
    return Integer.toString(queueIds);
  }

  synchronized List<SmtpCommand> commands() {
    return List.copyOf(commands);
  }

  synchronized List<SmtpBatch> batches() {
    return List.copyOf(batches);
  }

  synchronized List<ReceivedMail> messages() {
    return List.copyOf(messages);
  }

  synchronized List<ReceivedMail> accepted() {
    return List.copyOf(accepted);
  }

  synchronized List<String> problems() {
    return List.copyOf(problems);
  }

  synchronized int connections() {
    return connections;
  }

  synchronized int openConnections() {
    return open.size();
  }

  synchronized int mostOpen() {
    return mostOpen;
  }

  synchronized int loginAttempts() {
    return loginAttempts;
  }

  synchronized int logins() {
    return logins;
  }

  /**
   * Waits until {@code isSo}, which is asked again at every change.
   *
   * @throws AssertionError with all that was heard, if the time is up before
   */
  synchronized void await(String what, Duration timeout, BooleanSupplier isSo)
      throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!isSo.getAsBoolean()) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        throw new AssertionError(
            "waited "
                + timeout
                + " in vain for "
                + what
                + "; "
                + connections
                + " connections, heard "
                + commands
                + ", problems "
                + problems);
      }
      wait(left);
    }
  }
}
