package io.waybill.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** One connection of a {@link ScriptedImapServer}. */
final class ImapConversation {
  private static final Pattern LITERAL = Pattern.compile("(?s)(.*)\\{(\\d+)(\\+?)\\}");
  private static final int MOST_LITERAL = 64 << 20;

  private final ScriptedImapServer server;
  private final Socket plain;
  private final Runnable listener = this::news;
  private InputStream in;
  private OutputStream out;
  private boolean isSecured;
  private boolean isIn;
  private boolean isUtf8;
  private String tag = "*";
  private String command = "";
  private @Nullable ScriptedFolder open;
  private List<ScriptedFolder.Message> known = List.of();
  private boolean isIdle;
  private volatile boolean isOver;
  private long left = Long.MAX_VALUE;

  ImapConversation(ScriptedImapServer server, Socket socket) throws IOException {
    this.server = server;
    this.plain = socket;
    socket.setTcpNoDelay(true);
    this.in = socket.getInputStream();
    this.out = socket.getOutputStream();
    this.isIn = server.isPreauthenticated();
  }

  void converse() throws IOException {
    try {
      if (server.isSecuredFromTheStart()) {
        secure();
      }
      meet("GREETING");
      for (String line = readCommand(); line != null && !isOver; line = readCommand()) {
        int blank = line.indexOf(' ');
        tag = blank < 0 ? "*" : line.substring(0, blank);
        meet(blank < 0 ? line : line.substring(blank + 1));
        if (isOver) {
          return;
        }
      }
    } finally {
      leave();
    }
  }

  private void meet(String next) throws IOException {
    command = next;
    if (!next.equals("GREETING")) {
      server.hear(next);
    }
    ImapOccasion.Deed deed = server.due(next);
    if (deed == null) {
      ordinarily();
    } else {
      deed.on(this);
    }
    left = Long.MAX_VALUE;
  }

  private void secure() throws IOException {
    SSLSocket secured =
        (SSLSocket) server.tls().orElseThrow().getSocketFactory().createSocket(plain, in, true);
    secured.setUseClientMode(false);
    secured.startHandshake();
    in = secured.getInputStream();
    out = secured.getOutputStream();
    isSecured = true;
  }

  /** Reads a line with its literals, a character for each byte; null at the end. */
  private @Nullable String readCommand() throws IOException {
    StringBuilder all = new StringBuilder();
    while (true) {
      String line = readLine();
      if (line == null) {
        return null;
      }
      Matcher literal = LITERAL.matcher(line);
      if (!literal.matches()) {
        return all.append(line).toString();
      }
      int length = Integer.parseInt(literal.group(2));
      if (length > MOST_LITERAL) {
        throw new IOException("a literal of " + length);
      }
      if (literal.group(3).isEmpty()) {
        send("+ go on");
      }
      byte[] bytes = in.readNBytes(length);
      String quoted = new String(bytes, ISO_8859_1).replace("\\", "\\\\").replace("\"", "\\\"");
      all.append(literal.group(1)).append('"').append(quoted).append('"');
    }
  }

  private @Nullable String readLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        return null;
      }
      line.write(b);
    }
    String text = line.toString(ISO_8859_1);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  /** Sends lines, in which {@code {tag}} is the command's. */
  void send(String... lines) throws IOException {
    for (String line : lines) {
      write((line.replace("{tag}", tag) + "\r\n").getBytes(UTF_8));
    }
  }

  /** Sends bytes as they are. */
  synchronized void write(byte[] bytes) throws IOException {
    int length = (int) Math.min(bytes.length, left);
    for (int at = 0; at < length; at += server.pieces()) {
      out.write(bytes, at, Math.min(server.pieces(), length - at));
      out.flush();
    }
    left -= length;
    if (length < bytes.length) {
      hangUp();
      throw new EOFException("dropped in the middle, as told");
    }
  }

  /** Ends the connection after so many more bytes of this answer. */
  void limit(int bytes) {
    left = bytes;
  }

  void hangUp() throws IOException {
    isOver = true;
    plain.close();
  }

  void stall() throws IOException {
    byte[] buffer = new byte[4096];
    int n = in.read(buffer);
    while (n >= 0) {
      server.hear("(stalled) " + new String(buffer, 0, n, ISO_8859_1).strip());
      n = in.read(buffer);
    }
    isOver = true;
  }

  /** Does what the server does when it is not told otherwise. */
  void ordinarily() throws IOException {
    List<String> words = ImapWords.of(command);
    boolean byUid = words.size() > 1 && words.get(0).equalsIgnoreCase("UID");
    String verb = words.get(byUid ? 1 : 0).toUpperCase(Locale.ROOT);
    List<String> rest = words.subList(byUid ? 2 : 1, words.size());
    switch (verb) {
      case "GREETING" -> send(isIn ? "* PREAUTH welcome back" : "* OK " + code() + " ready");
      case "CAPABILITY" -> {
        send("* CAPABILITY " + String.join(" ", server.capabilities(isSecured)));
        done();
      }
      case "LOGOUT" -> {
        send("* BYE bye", "{tag} OK done");
        hangUp();
      }
      case "STARTTLS" -> {
        send("{tag} OK begin");
        secure();
      }
      case "AUTHENTICATE" -> authenticate(rest);
      case "LOGIN" -> {
        boolean isRight =
            server.logins().password(rest.get(0)).filter(rest.get(1)::equals).isPresent();
        letIn(isRight, "wrong");
      }
      default -> {
        if (isIn) {
          inside(verb, rest, byUid);
        } else {
          send("{tag} NO log in first");
        }
      }
    }
  }

  private String code() {
    return "[CAPABILITY " + String.join(" ", server.capabilities(isSecured)) + "]";
  }

  private void authenticate(List<String> words) throws IOException {
    SmtpLogins.Verdict verdict =
        new SmtpLoginAttempt(server.logins(), this::ask, words.size() > 1 ? words.get(1) : null)
            .run(words.get(0));
    letIn(verdict.reply().startsWith("235"), verdict.reply());
  }

  private String ask(String challenge) throws IOException, SmtpLogins.Refused {
    send("+ " + Base64.getEncoder().encodeToString(challenge.getBytes(UTF_8)));
    String line = readLine();
    if (line == null) {
      throw new EOFException("the client ended within a login");
    }
    server.hear(line);
    if (line.equals("*")) {
      throw new SmtpLogins.Refused("501 broken off");
    }
    return SmtpLoginAttempt.decoded(line);
  }

  private void letIn(boolean isRight, String why) throws IOException {
    isIn = isRight;
    send(isRight ? "{tag} OK " + code() + " welcome" : "{tag} NO [AUTHENTICATIONFAILED] " + why);
  }

  private void inside(String verb, List<String> words, boolean byUid) throws IOException {
    switch (verb) {
      case "NOOP", "SUBSCRIBE", "CHECK" -> done();
      case "ENABLE" -> {
        isUtf8 = words.contains("UTF8=ACCEPT");
        send("* ENABLED " + String.join(" ", words));
        done();
      }
      case "COMPRESS" -> {
        done();
        deflate();
      }
      case "ID" -> {
        send("* ID NIL");
        done();
      }
      case "NAMESPACE" -> {
        send("* NAMESPACE ((\"\" \"/\")) NIL NIL");
        done();
      }
      case "LIST" -> list(name(words.get(1)));
      case "CREATE" -> {
        server.folder(words.get(0));
        done();
      }
      case "SELECT", "EXAMINE" -> select(name(words.get(0)), verb.equals("SELECT"));
      case "APPEND" -> append(words);
      case "IDLE" -> idle();
      case "CLOSE", "UNSELECT" -> {
        leave();
        done();
      }
      default -> {
        ScriptedFolder folder = open;
        if (folder == null) {
          send("{tag} BAD nothing is open");
          return;
        }
        new ImapMessages(server, this, folder, known, byUid).answer(verb, words);
      }
    }
  }

  /** A word has a character for each byte. */
  private String name(String word) {
    return isUtf8 ? new String(word.getBytes(ISO_8859_1), UTF_8) : word;
  }

  private void deflate() {
    in = new InflaterInputStream(in, new Inflater(true));
    out = new DeflaterOutputStream(out, new Deflater(Deflater.BEST_SPEED, true), true);
  }

  private void list(String pattern) throws IOException {
    Pattern regex =
        Pattern.compile(
            "\\Q" + pattern.replace("*", "\\E.*\\Q").replace("%", "\\E[^/]*\\Q") + "\\E",
            Pattern.CASE_INSENSITIVE);
    for (String name : server.folderNames()) {
      if (regex.matcher(name).matches()) {
        send("* LIST (" + server.use(name) + ") \"/\" \"" + name + "\"");
      }
    }
    done();
  }

  private void select(String name, boolean toChange) throws IOException {
    leave();
    Optional<ScriptedFolder> found = server.find(name);
    if (found.isEmpty()) {
      send("{tag} NO [NONEXISTENT] no such folder");
      return;
    }
    ScriptedFolder folder = found.get();
    open = folder;
    known = new ArrayList<>(folder.messages());
    folder.listen(listener);
    send(
        "* FLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft)", "* " + known.size() + " EXISTS");
    send("* OK [PERMANENTFLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft \\*)] all");
    if (folder.uidValidity() > 0) {
      send("* OK [UIDVALIDITY " + folder.uidValidity() + "] as it is");
    }
    if (folder.uidNext() > 0) {
      send("* OK [UIDNEXT " + folder.uidNext() + "] next");
    }
    if (server.offers("CONDSTORE")) {
      send("* OK [HIGHESTMODSEQ " + folder.modSeq() + "] counted");
    }
    send("{tag} OK [" + (toChange ? "READ-WRITE" : "READ-ONLY") + "] open");
  }

  private void append(List<String> words) throws IOException {
    Optional<ScriptedFolder> folder = server.find(words.get(0));
    if (folder.isEmpty()) {
      send("{tag} NO [TRYCREATE] no such folder");
      return;
    }
    folder.get().add(words.get(words.size() - 1).getBytes(ISO_8859_1));
    done();
  }

  /** Goes into IDLE, and says these lines in it. */
  void idle(String... remarks) throws IOException {
    if (!server.knows("IDLE")) {
      send("{tag} BAD what?");
      return;
    }
    send("+ idling");
    send(remarks);
    synchronized (this) {
      isIdle = true;
      tell();
    }
    String line = readLine();
    synchronized (this) {
      isIdle = false;
    }
    if (line != null) {
      server.hear(line);
      done();
    }
  }

  /** Something changed in the open folder: who idles hears it at once, others with an answer. */
  private synchronized void news() {
    if (isIdle && !isOver) {
      try {
        tell();
      } catch (IOException e) {
        server.hear("(" + e.getMessage() + ")");
      }
    }
  }

  private synchronized void tell() throws IOException {
    ScriptedFolder folder = open;
    if (folder == null) {
      return;
    }
    List<ScriptedFolder.Message> now = folder.messages();
    for (int i = known.size() - 1; i >= 0; i--) {
      if (!now.contains(known.get(i))) {
        known.remove(i);
        send("* " + (i + 1) + " EXPUNGE");
      }
    }
    if (now.size() > known.size()) {
      known = new ArrayList<>(now);
      send("* " + known.size() + " EXISTS");
    }
  }

  /** Says what changed, and that the command is done. */
  void done() throws IOException {
    tell();
    send("{tag} OK done");
  }

  private void leave() {
    ScriptedFolder folder = open;
    if (folder != null) {
      folder.forget(listener);
    }
    open = null;
    known = List.of();
  }
}
