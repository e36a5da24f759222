package io.waybill.mail.imap;

import io.waybill.mail.FrozenMessage;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.net.CallGuard;
import io.waybill.mail.net.LoginGuard;
import jakarta.mail.Flags;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.eclipse.angus.mail.iap.Argument;
import org.eclipse.angus.mail.iap.CommandFailedException;
import org.eclipse.angus.mail.iap.Literal;
import org.eclipse.angus.mail.iap.ProtocolException;
import org.eclipse.angus.mail.iap.Response;
import org.eclipse.angus.mail.imap.protocol.FetchResponse;
import org.eclipse.angus.mail.imap.protocol.ListInfo;
import org.eclipse.angus.mail.imap.protocol.MailboxInfo;
import org.eclipse.angus.mail.imap.protocol.Namespaces;
import org.eclipse.angus.mail.imap.protocol.UID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds one logged-in connection to an IMAP server. */
final class ImapConnection {
  private static final Logger log = LoggerFactory.getLogger(ImapConnection.class);
  private static final String SENT = "Sent";

  private final ImapWire wire;
  private final String server;
  private @Nullable FolderState open;

  private ImapConnection(ImapWire wire, String server) {
    this.wire = wire;
    this.server = server;
  }

  static int port(MailAccount account) {
    return account.port().orElse(account.security() == MailSecurity.IMPLICIT_TLS ? 993 : 143);
  }

  static String server(MailAccount account) {
    return account.host() + ":" + port(account);
  }

  /** Connects and logs in, unless a login was refused a short while ago. */
  static ImapConnection open(MailAccount account, LoginGuard logins, CallGuard guard)
      throws IOException, ProtocolException {
    boolean isFirst = logins.enter(guard);
    try {
      ImapConnection connection = open(account, guard);
      logins.succeeded();
      return connection;
    } catch (ImapLogin.Failure e) {
      if (!e.isTemporary()) {
        logins.refused(String.valueOf(e.getMessage()));
      }
      throw e;
    } finally {
      if (isFirst) {
        logins.leave();
      }
    }
  }

  private static ImapConnection open(MailAccount account, CallGuard guard)
      throws IOException, ProtocolException {
    int port = port(account);
    ImapWire wire = ImapWire.connect(account, port, guard);
    try {
      guard.watch(wire::abort);
      protect(account, wire);
      new ImapLogin(wire, account, port, account.security() != MailSecurity.PLAINTEXT).logIn();
      wire.capability(); // there may be others than before
      introduce(wire);
      agree(account, wire);
      return new ImapConnection(wire, server(account));
    } catch (IOException | ProtocolException | RuntimeException e) {
      wire.abort();
      throw e;
    }
  }

  private static void protect(MailAccount account, ImapWire wire)
      throws IOException, ProtocolException {
    if (account.security() != MailSecurity.STARTTLS) {
      return;
    }
    if (wire.isAuthenticated() || !wire.hasCapability("STARTTLS")) {
      throw new NoStartTls();
    }
    wire.secure();
  }

  /** Some servers serve nobody who does not say what program it is (RFC 2971). */
  private static void introduce(ImapWire wire) throws IOException, ProtocolException {
    if (wire.hasCapability("ID")) {
      try {
        wire.run("ID (\"name\" \"waybill\")");
      } catch (CommandFailedException e) {
        log.debug("imap.id-refused error={}", e.getMessage());
      }
    }
  }

  /** What both sides can do and that takes saying: names as they are, fewer bytes. */
  private static void agree(MailAccount account, ImapWire wire)
      throws IOException, ProtocolException {
    if (wire.hasCapability("ENABLE") && wire.hasCapability("UTF8=ACCEPT")) {
      wire.enable("UTF8=ACCEPT"); // RFC 5161, 6855
    }
    if (account.isCompressed() && wire.hasCapability("COMPRESS=DEFLATE")) {
      wire.deflate();
    }
  }

  /** Lets the guard of the current call close this connection from outside. */
  void watchedBy(CallGuard guard) {
    guard.watch(wire::abort);
  }

  boolean isAlive() {
    return wire.isOpen();
  }

  String server() {
    return server;
  }

  boolean can(String capability) {
    return wire.hasCapability(capability);
  }

  ImapWire wire() {
    return wire;
  }

  /** Opens a folder by EXAMINE, or by SELECT if anything is to be changed in it. */
  FolderState open(String folder, boolean toChange) throws IOException, ProtocolException {
    return open(folder, wire.folder(folder), toChange);
  }

  /** Opens a folder by EXAMINE, and has the server count its changes (RFC 7162), if it can. */
  FolderState openToCount(String folder) throws IOException, ProtocolException {
    Argument words = wire.folder(folder);
    if (wire.hasCapability("CONDSTORE") || wire.hasCapability("QRESYNC")) {
      Argument counting = new Argument();
      counting.writeAtom("CONDSTORE");
      words.writeArgument(counting);
    }
    return open(folder, words, false);
  }

  private FolderState open(String folder, Argument words, boolean toChange)
      throws IOException, ProtocolException {
    open = null; // a refused SELECT closes the one before
    try {
      MailboxInfo info = new MailboxInfo(wire.run(toChange ? "SELECT" : "EXAMINE", words));
      FolderState state =
          new FolderState(
              folder,
              Math.max(0, info.uidvalidity),
              Math.max(0, info.uidnext),
              Math.max(0, info.highestmodseq),
              Math.max(0, info.total),
              toChange);
      wire.opened(state.messages());
      open = state;
      return state;
    } catch (CommandFailedException e) {
      requireExists(folder);
      throw e;
    }
  }

  /** Returns the folder as it stands open, opened anew where another was or with fewer rights. */
  FolderState opened(String folder, boolean toChange) throws IOException, ProtocolException {
    FolderState current = open;
    return current != null && current.name().equals(folder) && (current.isWritable() || !toChange)
        ? current
        : open(folder, toChange);
  }

  /**
   * Returns the highest UID in the folder that stands open, or higher where that says the server.
   */
  long lastUid(FolderState state) throws IOException, ProtocolException {
    if (state.uidNext() > 0 || state.messages() == 0) {
      return Math.max(0, state.uidNext() - 1);
    }
    long last = 0;
    for (Response response : wire.run("FETCH * (UID)")) {
      if (response instanceof FetchResponse fetched) {
        UID uid = fetched.getItem(UID.class);
        last = uid == null ? last : Math.max(last, uid.uid);
      }
    }
    return last;
  }

  void requireExists(String folder) throws IOException, ProtocolException {
    if (!exists(folder)) {
      throw new MailException.MailboxNotFound(
          server, folder, NearNames.of(folder, Arrays.stream(list("*")).map(f -> f.name).toList()));
    }
  }

  private ListInfo[] list(String pattern) throws IOException, ProtocolException {
    return ListReader.of(wire.run("LIST \"\"", wire.folder(pattern)));
  }

  /** Returns all folders, with what the server marks them for. */
  List<MailFolder> folders() throws IOException, ProtocolException {
    List<MailFolder> folders = new ArrayList<>();
    for (ListInfo each : list("*")) {
      folders.add(new MailFolder(each.name, each.canOpen, MailFolder.Use.of(each.attrs)));
    }
    return List.copyOf(folders);
  }

  boolean exists(String folder) throws IOException, ProtocolException {
    // "*" and "%" in a name are patterns here, so what comes back is looked at
    return Arrays.stream(list(folder)).anyMatch(each -> sameFolder(each.name, folder));
  }

  private static boolean sameFolder(String a, String b) {
    return a.equals(b) || (a.equalsIgnoreCase("INBOX") && b.equalsIgnoreCase("INBOX"));
  }

  /** Which folder is for what was sent: the one the server marks so (RFC 6154), else "Sent". */
  String usualSentFolder() throws IOException, ProtocolException {
    Optional<String> marked =
        folders().stream()
            .filter(folder -> folder.use().equals(Optional.of(MailFolder.Use.SENT)))
            .map(MailFolder::name)
            .findFirst();
    return marked.isPresent() ? marked.get() : prefix() + SENT;
  }

  /** What the names of one's own folders begin with (RFC 2342). */
  private String prefix() throws ProtocolException {
    if (!wire.hasCapability("NAMESPACE")) {
      return "";
    }
    Namespaces namespaces = wire.namespace();
    return namespaces == null || namespaces.personal == null || namespaces.personal.length == 0
        ? ""
        : namespaces.personal[0].prefix;
  }

  /** Makes a folder, and shows it to those who list what they subscribed to. */
  void create(String folder) throws IOException, ProtocolException {
    wire.run("CREATE", wire.folder(folder));
    wire.run("SUBSCRIBE", wire.folder(folder));
    log.info("imap.folder-created server={} folder={}", server, folder);
  }

  /** Whether a folder holds a message of this Message-ID. */
  boolean contains(String folder, String messageId) throws IOException, ProtocolException {
    ImapFolder opened = new ImapFolder(wire, open(folder, false));
    return new MessageIdLook(wire, opened).find(messageId).length > 0;
  }

  /** Adds a message as it is, marked as read. */
  void append(String folder, FrozenMessage message) throws IOException, ProtocolException {
    OptionalLong most = appendLimit();
    if (most.isPresent() && message.sizeBytes() > most.getAsLong()) {
      throw new MailException.Refused(
          server,
          "filing in %s: the message has %d bytes, and the server takes %d at most"
              .formatted(folder, message.sizeBytes(), most.getAsLong()),
          null);
    }
    try {
      wire.append(folder, new Flags(Flags.Flag.SEEN), null, new FrozenLiteral(message));
    } catch (CommandFailedException e) {
      requireExists(folder);
      throw e;
    }
  }

  /** How large a message may be that is added (RFC 7889), if the server says so for all folders. */
  private OptionalLong appendLimit() {
    return wire.getCapabilities().keySet().stream()
        .filter(each -> each.matches("APPENDLIMIT=\\d{1,18}"))
        .mapToLong(each -> Long.parseLong(each.substring(each.indexOf('=') + 1)))
        .min();
  }

  /** Shows the wire library the bytes of a message that was sent, without reading them into it. */
  private record FrozenLiteral(FrozenMessage message) implements Literal {
    @Override
    public int size() {
      return Math.toIntExact(message.sizeBytes());
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      try (InputStream in = message.open()) {
        in.transferTo(out);
      }
    }
  }

  /** Says goodbye; the connection is closed in any case. */
  void close() throws IOException {
    try {
      wire.answers("LOGOUT", null, ImapWire.USUAL);
    } catch (IOException e) {
      log.debug("imap.logout server={} error={}", server, e.getMessage());
    } finally {
      wire.abort();
    }
  }

  void abort() throws IOException {
    wire.abort();
  }

  /** The server offers no STARTTLS, or lets somebody in before it. */
  static final class NoStartTls extends IOException {
    private static final long serialVersionUID = 1;

    NoStartTls() {
      super("the server does not offer STARTTLS (removed on the way?); no login was tried");
    }
  }
}
