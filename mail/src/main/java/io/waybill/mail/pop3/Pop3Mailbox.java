package io.waybill.mail.pop3;

import io.waybill.mail.ContentSource;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.inbox.AfterAction;
import io.waybill.mail.inbox.LedgerEntry;
import io.waybill.mail.inbox.MailFacts;
import io.waybill.mail.inbox.MailSearch;
import io.waybill.mail.inbox.UidlMailbox;
import io.waybill.mail.net.CallGuard;
import io.waybill.mail.net.LoginGuard;
import io.waybill.mail.net.TlsComplaint;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Keeps one session with a POP3 server. For one thread at a time, but for {@link #abort}. */
final class Pop3Mailbox implements UidlMailbox, AutoCloseable {
  private static final Duration DEADLINE = Duration.ofMinutes(10);
  private static final int MOST_MESSAGES = 1_000_000;
  private static final int MOST_IN_MEMORY = 64 << 20;

  private final MailAccount account;
  private final int port;
  private final String server;
  private final LoginGuard logins;
  private volatile @Nullable Pop3Wire wire;
  private volatile boolean isClosed;
  private final Map<String, Integer> numbers = new LinkedHashMap<>();
  private final Map<Integer, Long> sizes = new HashMap<>();
  private final Map<Long, String> called = new HashMap<>();

  Pop3Mailbox(MailAccount account) {
    if (account.user().isEmpty()) {
      throw new IllegalArgumentException("a mailbox needs a user and a password");
    }
    this.account = account;
    this.port = account.port().orElse(account.security() == MailSecurity.IMPLICIT_TLS ? 995 : 110);
    this.server = account.host() + ":" + port;
    this.logins = new LoginGuard(server, account.user().get(), Clock.systemUTC());
  }

  String server() {
    return server;
  }

  @FunctionalInterface
  private interface Work<T> {
    T on(Pop3Wire session) throws IOException;
  }

  private <T> T call(String during, Work<T> work) {
    try (CallGuard guard = CallGuard.start(DEADLINE)) {
      Pop3Wire session = wire;
      try {
        if (session == null) {
          throw new EOFException("the session has ended");
        }
        guard.watch(session::close);
        return work.on(session);
      } catch (IOException e) {
        throw failed(e, during, guard);
      }
    }
  }

  private MailException failed(IOException e, String during, CallGuard guard) {
    if (!(e instanceof Pop3Refusal)) {
      end();
    }
    if (isClosed || guard.isCancelled()) {
      return new MailException.Cancelled(server, during, e);
    }
    if (guard.isExpired() || e instanceof SocketTimeoutException) {
      return new MailException.TimedOut(server, during, e);
    }
    if (e instanceof Pop3Refusal said) {
      String why = String.valueOf(said.getMessage());
      if (said.isLogin()) {
        return new MailException.AuthenticationFailed(
            server, account.user().orElse(""), why, said.isTemporary(), e);
      }
      return said.isTemporary()
          ? new MailException.Deferred(server, during + " (" + why + ")", null)
          : new MailException.Refused(server, during + " (" + why + ")", null);
    }
    if (e instanceof SSLException tls && !(e.getCause() instanceof EOFException)) {
      return new MailException.TlsFailed(server, TlsComplaint.of(tls), e);
    }
    return during.equals("connect")
        ? new MailException.ConnectFailed(server, e)
        : new MailException.ConnectionLost(server, during, e);
  }

  private void end() {
    Pop3Wire session = wire;
    wire = null;
    if (session != null) {
      try {
        session.close();
      } catch (IOException e) {
        // what ended it is reported
        return;
      }
    }
  }

  @Override
  public Opened open(String folder, boolean toChange) {
    if (isClosed) {
      throw new IllegalStateException("the reader is closed");
    }
    quit(); // names and numbers are of one session
    try (CallGuard guard = CallGuard.start(DEADLINE)) {
      boolean isFirst = logins.enter(guard);
      String during = "connect";
      try {
        Pop3Wire session = Pop3Wire.connect(account, port, guard);
        wire = session;
        guard.watch(session::close);
        during = "login";
        logIn(session);
        logins.succeeded();
        during = "list";
        list(session);
        return new Opened(0, 0);
      } catch (IOException e) {
        MailException failure = failed(e, during, guard);
        end();
        if (failure instanceof MailException.AuthenticationFailed && !failure.isTransient()) {
          logins.refused(String.valueOf(e.getMessage()));
        }
        throw failure;
      } finally {
        if (isFirst) {
          logins.leave();
        }
      }
    }
  }

  private void logIn(Pop3Wire session) throws IOException {
    List<String> capabilities = Pop3Login.capabilities(session);
    boolean isProtected = account.security() != MailSecurity.PLAINTEXT;
    if (account.security() == MailSecurity.STARTTLS) {
      if (!capabilities.contains("STLS")) {
        throw new SSLException(
            "the server does not offer STLS (removed on the way?); no login was tried");
      }
      session.secure();
      capabilities = Pop3Login.capabilities(session);
    }
    new Pop3Login(session, account, port, isProtected).logIn(capabilities);
  }

  private void list(Pop3Wire session) throws IOException {
    numbers.clear();
    sizes.clear();
    called.clear();
    for (String line : session.lines("UIDL", MOST_MESSAGES)) {
      String[] words = line.split(" ", 2);
      if (words.length == 2 && words[0].matches("[0-9]{1,9}")) {
        numbers.put(words[1].strip(), Integer.parseInt(words[0]));
      }
    }
    for (String line : session.lines("LIST", MOST_MESSAGES)) {
      if (line.matches("[0-9]{1,9} [0-9]{1,15}.*")) {
        String[] words = line.split(" ", 3);
        sizes.put(Integer.parseInt(words[0]), Long.parseLong(words[1]));
      }
    }
  }

  @Override
  public List<String> names() {
    return List.copyOf(numbers.keySet());
  }

  @Override
  public void call(long uid, String name) {
    called.put(uid, name);
  }

  private int number(long uid) throws Pop3Refusal {
    Integer number = Optional.ofNullable(called.get(uid)).map(numbers::get).orElse(null);
    if (number == null) {
      throw new Pop3Refusal("the message is no longer there", false);
    }
    return number;
  }

  @Override
  public long[] find(long first, long last, MailSearch search) {
    throw new UnsupportedOperationException("POP3 knows no UIDs of its own");
  }

  @Override
  public List<MailFacts> facts(long[] uids) {
    List<MailFacts> facts = new ArrayList<>();
    for (long uid : uids) {
      Integer number = Optional.ofNullable(called.get(uid)).map(numbers::get).orElse(null);
      if (number != null) {
        facts.add(
            new MailFacts(
                "INBOX",
                0,
                uid,
                sizes.getOrDefault(number, 0L),
                Optional.empty(),
                List.of(),
                Optional.empty()));
      }
    }
    return facts;
  }

  @Override
  public long[] present(long[] uids) {
    return new long[0]; // sizes are listed for all that is there
  }

  @Override
  public Map<Long, byte[]> headers(long[] uids, int mostBytes) {
    throw new UnsupportedOperationException("names say which message is which");
  }

  @Override
  public Map<Long, ContentSource> contents(List<MailFacts> small) {
    Map<Long, ContentSource> contents = new LinkedHashMap<>();
    for (MailFacts each : small) {
      byte[] content =
          call(
              "fetch",
              session -> {
                try (InputStream in = session.content("RETR " + number(each.uid()))) {
                  // what a server says of sizes is not relied on
                  byte[] bytes = in.readNBytes(MOST_IN_MEMORY);
                  if (in.read() >= 0) {
                    throw new IOException("a message is much larger than the server said");
                  }
                  return bytes;
                }
              });
      contents.put(each.uid(), () -> new ByteArrayInputStream(content));
    }
    return contents;
  }

  @Override
  public InputStream stream(MailFacts message) {
    InputStream content =
        call("fetch", session -> session.content("RETR " + number(message.uid())));
    return new FilterInputStream(content) {
      @Override
      public int read(byte[] bytes, int offset, int length) {
        return call("fetch", session -> content.read(bytes, offset, length));
      }

      @Override
      public int read() {
        return call("fetch", session -> content.read());
      }

      @Override
      public void close() {
        boolean unused =
            call(
                "fetch",
                session -> {
                  content.close();
                  return true;
                });
      }
    };
  }

  @Override
  public Optional<String> name(long uid) {
    return Optional.ofNullable(called.get(uid));
  }

  @Override
  public boolean isAlive() {
    return wire != null;
  }

  @Override
  public void perform(AfterAction action, List<LedgerEntry> messages) {
    if (messages.isEmpty()) {
      return;
    }
    for (LedgerEntry each : messages) {
      String unused = call("delete", session -> session.command("DELE " + number(each.uid())));
    }
    String unused = call("end of the session", session -> session.command("QUIT"));
    end();
  }

  private void quit() {
    Pop3Wire session = wire;
    if (session != null) {
      try {
        String unused = session.command("QUIT");
      } catch (IOException e) {
        // it ends in any case, and nothing was left to do in it
        end();
        return;
      }
      end();
    }
  }

  @Override
  public void close() {
    quit();
    isClosed = true;
  }

  /** Ends what is under way, from any thread; nothing works afterwards. */
  void abort() {
    isClosed = true;
    end();
  }
}
