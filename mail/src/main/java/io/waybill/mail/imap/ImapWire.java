package io.waybill.mail.imap;

import io.waybill.mail.MailAccount;
import io.waybill.mail.net.CallGuard;
import io.waybill.mail.net.ForeignText;
import io.waybill.mail.net.Timer;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.angus.mail.iap.Argument;
import org.eclipse.angus.mail.iap.ProtocolException;
import org.eclipse.angus.mail.iap.Response;
import org.eclipse.angus.mail.imap.protocol.FetchItem;
import org.eclipse.angus.mail.imap.protocol.IMAPProtocol;
import org.eclipse.angus.mail.imap.protocol.IMAPResponse;
import org.eclipse.angus.mail.imap.protocol.SearchSequence;
import org.eclipse.angus.mail.util.MailLogger;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Speaks IMAP by the wire library's grammar over a socket of ours, below the library's stores and
 * folders: one connection is one connection, commands name messages by UID, and what a server may
 * say at once is bounded.
 */
final class ImapWire extends IMAPProtocol {
  private static final org.slf4j.Logger log = LoggerFactory.getLogger(ImapWire.class);

  /** What a command may be answered with that does not ask for content. */
  static final long USUAL = 16L << 20;

  /** So long IDLE goes on at most after the server has warned: it may have lost the folder. */
  private static final long AFTER_WARNING_MILLIS = 5_000;

  private static final int MOST_SHOWN = 500;
  private static final String PROTOCOL = "imap";

  // Our own socket traces, and hides logins; the library's trace would show them.
  private static final Logger SILENT = Logger.getLogger("io.waybill.mail.imap.silent");

  private static final FetchItem[] GMAIL = GmailItems.readers();

  static {
    SILENT.setLevel(Level.OFF);
  }

  private final WireSocket socket;
  private final String server;
  private long expected;
  private int messages;
  private boolean hasArrived;
  private boolean hasWarned;

  private ImapWire(WireSocket socket, String server) throws IOException, ProtocolException {
    // The socket knows where to connect to, and so no name is looked up that a proxy has to.
    super(
        PROTOCOL,
        "127.0.0.1",
        0,
        properties(socket),
        false,
        new MailLogger(SILENT.getName(), PROTOCOL, false, System.err));
    this.socket = socket;
    this.server = server;
    addResponseHandler(this::heed);
  }

  /** Connects and hears the greeting; with implicit TLS, under TLS. */
  static ImapWire connect(MailAccount account, int port, CallGuard guard)
      throws IOException, ProtocolException {
    WireSocket socket = new WireSocket(account, port, guard);
    socket.expectAtMost(USUAL);
    try {
      return new ImapWire(socket, account.host() + ":" + port);
    } catch (RuntimeException e) {
      socket.abort();
      throw nonsense(e);
    }
  }

  private static Properties properties(Socket socket) {
    Properties properties = new Properties();
    properties.put("mail.imap.socketFactory", new OneSocketFactory(socket));
    properties.setProperty("mail.imap.socketFactory.fallback", "false");
    return properties;
  }

  /** Goes over to TLS; what was said before it is not carried into the protected session. */
  void secure() throws IOException, ProtocolException {
    run("STARTTLS");
    if (hasResponse()) {
      throw new IOException("the server spoke out of turn before TLS");
    }
    socket.startTls();
    capability();
  }

  /** Has both sides deflate what they say from now on (RFC 4978). */
  void deflate() throws IOException, ProtocolException {
    run("COMPRESS DEFLATE");
    socket.deflate();
  }

  /** Sends a command that has no more words and returns what came before its OK. */
  Response[] run(String command) throws IOException, ProtocolException {
    return run(command, USUAL);
  }

  /** Sends a command that has no more words and whose answer may have so many bytes. */
  Response[] run(String command, long mostBytes) throws IOException, ProtocolException {
    return checked(answers(command, null, mostBytes));
  }

  /** Sends a command and returns what came before its OK. */
  Response[] run(String command, Argument arguments) throws IOException, ProtocolException {
    return checked(answers(command, arguments, USUAL));
  }

  /**
   * Only what bears a command's tag is its result. The library takes a warning within IDLE (an
   * untagged NO, RFC 3501 7.1.2) for the end of it, and would send the next command into it.
   */
  @Override
  public void handleResult(Response response) throws ProtocolException {
    if (response.isTagged() || response.isBYE()) {
      super.handleResult(response);
    }
  }

  /** NO and BAD become the library's exceptions. */
  private Response[] checked(Response[] responses) throws ProtocolException {
    notifyResponseHandlers(responses);
    handleResult(responses[responses.length - 1]);
    return responses;
  }

  @Override
  public synchronized Response[] command(String command, @Nullable Argument arguments) {
    if (socket != null) { // not yet while the library constructs itself
      socket.expectAtMost(Math.max(USUAL, expected));
      expected = 0;
    }
    try {
      return super.command(command, arguments);
    } catch (RuntimeException | StackOverflowError e) { // it recurses as deep as parts are nested
      return new Response[] {Response.byeResponse(nonsense(e))};
    }
  }

  /** Sends a command and returns the whole answer, whatever it says. */
  Response[] answers(String command, @Nullable Argument arguments, long mostBytes)
      throws IOException {
    expected = mostBytes;
    Response[] responses = command(command, arguments);
    Response last = responses[responses.length - 1];
    if (last.isBYE()) {
      throw farewell(last);
    }
    return responses;
  }

  /** Says why the connection ended. */
  static IOException farewell(Response bye) {
    return bye.getException() instanceof IOException e
        ? e
        : new EOFException("the server ended the connection: " + bye.getRest());
  }

  /** The library's grammar runs past the end of lines that are cut or no sentences of IMAP. */
  private static IOException nonsense(Throwable e) {
    return new IOException("the server's answer is no IMAP", e);
  }

  /** Hears what a server says without being asked, in the answers to whatever it was asked. */
  private void heed(Response response) {
    if (response instanceof IMAPResponse line && line.keyEquals("EXISTS")) {
      hasArrived |= line.getNumber() > messages;
      messages = line.getNumber();
    } else if (response instanceof IMAPResponse line && line.keyEquals("EXPUNGE")) {
      messages--;
    } else if (response.isOK() || response.isNO() || response.isBAD()) {
      alert(response);
      hasWarned |= !response.isTagged() && !response.isOK();
    }
  }

  /** What a server wants people to read (RFC 3501 7.1) is shown to them. */
  private void alert(Response response) {
    String text = String.valueOf(response.getRest());
    response.reset();
    if (text.regionMatches(true, 0, "[ALERT]", 0, 7)) {
      log.warn(
          "imap.alert server={} text={}",
          server,
          ForeignText.show(text.substring(7), MOST_SHOWN, List.of()));
    }
  }

  /** Whether the server has said, since the folder was opened, that messages have come. */
  boolean hasArrived() {
    return hasArrived;
  }

  /** Begins to count what arrives in a folder that was just opened. */
  void opened(int messagesInIt) {
    messages = messagesInIt;
    hasArrived = false;
  }

  /**
   * Waits in IDLE (RFC 2177) until messages come or the time is over, and has the server say that
   * it has ended.
   *
   * @param answerWithin how long the server may take for that; then the connection is closed
   */
  void idle(Duration atMost, Duration answerWithin) throws IOException, ProtocolException {
    long end = atMost.toMillis();
    int usual = socket.getSoTimeout();
    // as far as the wire library knows; the alarm comes first
    socket.setSoTimeout((int) (end + 2 * answerWithin.toMillis()));
    socket.expectAtMost(USUAL);
    hasWarned = false;
    ScheduledFuture<?> alarm = alarm(answerWithin.toMillis());
    @Nullable ScheduledFuture<?> done = null;
    try {
      idleStart(); // the library waits on where the server refuses it
      alarm.cancel(false);
      alarm = alarm(end + answerWithin.toMillis());
      done = doneAfter(hasArrived ? 0 : end);
      while (processIdleResponse(nextInIdle())) {
        if (hasArrived && done.cancel(false)) { // else it is said already
          alarm.cancel(false);
          alarm = alarm(answerWithin.toMillis());
          idleAbort();
        } else if (hasWarned && done.cancel(false)) {
          hasWarned = false;
          done = doneAfter(Math.min(AFTER_WARNING_MILLIS, done.getDelay(TimeUnit.MILLISECONDS)));
        }
      }
      socket.setSoTimeout(usual);
    } finally {
      if (done != null) {
        done.cancel(false);
      }
      alarm.cancel(false);
    }
  }

  private ScheduledFuture<?> doneAfter(long millis) {
    return Timer.SHARED.schedule(
        () -> Timer.elsewhere("waybill-mail-idle", this::idleAbort), millis, TimeUnit.MILLISECONDS);
  }

  private Response nextInIdle() throws IOException {
    Response response;
    try {
      response = readIdleResponse();
    } catch (RuntimeException e) {
      throw nonsense(e);
    }
    if (response == null) {
      throw new IOException("IDLE ended by itself");
    }
    if (response.isBYE()) {
      throw farewell(response);
    }
    return response;
  }

  private ScheduledFuture<?> alarm(long millis) {
    return Timer.SHARED.schedule(this::cut, millis, TimeUnit.MILLISECONDS);
  }

  private void cut() {
    try {
      abort();
    } catch (IOException e) {
      log.debug("imap.abort-failed server={} error={}", server, e.toString());
    }
  }

  /** Reads one answer, whichever it is. */
  Response next() throws IOException, ProtocolException {
    Response response;
    try {
      response = readResponse();
    } catch (RuntimeException e) {
      throw nonsense(e);
    }
    if (response.isBYE()) {
      throw farewell(response);
    }
    return response;
  }

  @Override
  public FetchItem[] getFetchItems() {
    return GMAIL;
  }

  /** Writes a line by itself, as an answer within a command. */
  void say(String line) throws IOException {
    getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
    getOutputStream().flush();
  }

  SearchSequence searches() {
    return getSearchSequence();
  }

  /** Adds a folder's name as this server wants it written. */
  Argument folder(String name) {
    Argument argument = new Argument();
    writeMailboxName(argument, name);
    return argument;
  }

  boolean isOpen() {
    return !socket.isClosed();
  }

  /** Ends the connection without a goodbye, also under a thread that waits on it. */
  void abort() throws IOException {
    socket.abort();
  }
}
