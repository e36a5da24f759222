package io.waybill.mail.imap;

import io.waybill.mail.FrozenMessage;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.mime.MimeReader;
import io.waybill.mail.mime.ParsedMail;
import io.waybill.mail.net.CallGuard;
import io.waybill.mail.net.GuardedSocketFactory;
import jakarta.mail.FetchProfile;
import jakarta.mail.Flags;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.MessageRemovedException;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.UIDFolder;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.search.MessageIDTerm;
import jakarta.mail.search.SearchTerm;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLSocketFactory;
import org.eclipse.angus.mail.iap.BadCommandException;
import org.eclipse.angus.mail.iap.CommandFailedException;
import org.eclipse.angus.mail.imap.IMAPFolder;
import org.eclipse.angus.mail.imap.IMAPMessage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds one logged-in connection to an IMAP server; the only class that sees the wire library. */
final class ImapConnection {
  private static final Logger log = LoggerFactory.getLogger(ImapConnection.class);
  private static final String FETCH_BYTES = "1048576";
  private static final String SENT = "Sent";

  private final Session session;
  private final Store store;
  private final String server;
  // The library may open a second connection for a folder: all of them end together.
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private volatile @Nullable CallGuard guard;

  private ImapConnection(MailAccount account, String server) throws MessagingException {
    this.server = server;
    this.session = Session.getInstance(properties(account));
    this.store = session.getStore("imap");
  }

  static int port(MailAccount account) {
    return account.port().orElse(account.security() == MailSecurity.IMPLICIT_TLS ? 993 : 143);
  }

  static ImapConnection open(MailAccount account, String server, CallGuard guard)
      throws MessagingException {
    ImapConnection connection = new ImapConnection(account, server);
    connection.connect(account, guard);
    return connection;
  }

  private void connect(MailAccount account, CallGuard guard) throws MessagingException {
    watchedBy(guard);
    store.connect(account.host(), port(account), account.user().orElseThrow(), secret(account));
  }

  private static String secret(MailAccount account) {
    return account
        .tokens()
        .map(tokens -> tokens.token().value())
        .orElseGet(() -> account.password().orElseThrow().get());
  }

  private Properties properties(MailAccount account) {
    Properties p = new Properties();
    p.put("mail.imap.socketFactory", new GuardedSocketFactory(account, this::created));
    p.setProperty("mail.imap.socketFactory.fallback", "false");
    p.setProperty(
        "mail.imap.connectiontimeout", Long.toString(account.connectTimeout().toMillis()));
    p.setProperty("mail.imap.timeout", Long.toString(account.commandTimeout().toMillis()));
    p.setProperty(
        "mail.imap.auth.mechanisms", account.tokens().isPresent() ? "XOAUTH2" : "PLAIN LOGIN");
    p.setProperty("mail.imap.connectionpoolsize", "1");
    p.setProperty("mail.imap.fetchsize", FETCH_BYTES);
    p.setProperty("mail.imap.peek", "true");
    if (account.security() == MailSecurity.STARTTLS) {
      p.setProperty("mail.imap.starttls.enable", "true");
      p.setProperty("mail.imap.starttls.required", "true");
      p.setProperty("mail.imap.ssl.protocols", "TLSv1.3 TLSv1.2");
      p.setProperty("mail.imap.ssl.checkserveridentity", "true");
      p.put(
          "mail.imap.ssl.socketFactory",
          account
              .sslContext()
              .map(context -> context.getSocketFactory())
              .orElseGet(() -> (SSLSocketFactory) SSLSocketFactory.getDefault()));
    }
    return p;
  }

  private void created(Socket plain) {
    sockets.add(plain);
    CallGuard current = guard;
    if (current != null) {
      current.watch(this::abort); // closes at once when it is too late already
    }
  }

  /** Lets the guard of the current call close this connection from outside. */
  void watchedBy(CallGuard callGuard) {
    guard = callGuard;
    callGuard.watch(this::abort);
  }

  boolean isAlive() {
    return sockets.stream().noneMatch(Socket::isClosed) && store.isConnected();
  }

  /** Reads what matches, lowest UIDs first, without changing anything in the folder (EXAMINE). */
  List<InboundMail> fetch(FetchSpec spec) throws MessagingException, IOException {
    IMAPFolder folder = existing(spec.folder());
    folder.open(Folder.READ_ONLY);
    List<InboundMail> found = new ArrayList<>();
    try {
      collect(folder, spec, found);
      return List.copyOf(found);
    } catch (MessagingException | IOException | RuntimeException e) {
      found.forEach(InboundMail::close);
      throw e;
    } finally {
      folder.close(false);
    }
  }

  private static void collect(IMAPFolder folder, FetchSpec spec, List<InboundMail> found)
      throws MessagingException, IOException {
    FetchFilter filter = new FetchFilter(spec);
    long uidValidity = folder.getUIDValidity();
    for (Message message : candidates(folder, spec, filter)) {
      if (found.size() == spec.limit()) {
        return;
      }
      long uid = folder.getUID(message);
      // "n:*" always names the last message, also when its UID is lower than n.
      if (uid <= spec.sinceUid()) {
        continue;
      }
      Optional<ParsedMail> mail = read((IMAPMessage) message, spec);
      if (mail.isPresent() && filter.matches(mail.get())) {
        found.add(new InboundMail(spec.folder(), uidValidity, uid, mail.get()));
      } else {
        mail.ifPresent(ParsedMail::close);
      }
    }
  }

  private static Message[] candidates(IMAPFolder folder, FetchSpec spec, FetchFilter filter)
      throws MessagingException {
    Message[] all =
        spec.sinceUid() == 0
            ? folder.getMessages()
            : folder.getMessagesByUID(spec.sinceUid() + 1, UIDFolder.LASTUID);
    Optional<SearchTerm> term = filter.forServer();
    Message[] matching = all;
    if (term.isPresent() && all.length > 0) {
      try {
        matching = folder.search(term.get(), all);
      } catch (MessagingException e) {
        if (!(e.getCause() instanceof BadCommandException
            || e.getCause() instanceof CommandFailedException)) {
          throw e;
        }
        // A server that cannot search for this (a charset, an odd address) costs bytes, not
        // results.
        log.debug("imap.search-refused error={}", e.getMessage());
      }
    }
    Arrays.sort(matching, (a, b) -> Integer.compare(a.getMessageNumber(), b.getMessageNumber()));
    FetchProfile uids = new FetchProfile();
    uids.add(UIDFolder.FetchProfileItem.UID);
    folder.fetch(matching, uids);
    return matching;
  }

  /** Reads one message with BODY.PEEK; empty when somebody expunged it meanwhile. */
  private static Optional<ParsedMail> read(IMAPMessage message, FetchSpec spec)
      throws MessagingException, IOException {
    message.setPeek(true);
    try (InputStream in = message.getMimeStream()) {
      return Optional.of(MimeReader.read(in, spec.mimeLimits()));
    } catch (MessageRemovedException e) {
      return Optional.empty();
    } catch (IOException e) {
      if (message.isExpunged()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Whether a folder holds a message of this Message-ID. */
  boolean contains(String name, String messageId) throws MessagingException {
    IMAPFolder folder = existing(name);
    folder.open(Folder.READ_ONLY);
    try {
      return folder.search(new MessageIDTerm(messageId)).length > 0;
    } finally {
      folder.close(false);
    }
  }

  /** Adds a message as it is, marked as read. */
  boolean append(String name, FrozenMessage message) throws MessagingException {
    existing(name).appendMessages(new Message[] {new FrozenCopy(session, message)});
    return true;
  }

  /** Which folder is for what was sent: the one the server marks so (RFC 6154), else "Sent". */
  String usualSentFolder() throws MessagingException {
    for (Folder folder : store.getDefaultFolder().list("*")) {
      if (Arrays.stream(((IMAPFolder) folder).getAttributes())
          .anyMatch("\\Sent"::equalsIgnoreCase)) {
        return folder.getFullName();
      }
    }
    Folder[] personal = store.getPersonalNamespaces();
    return personal.length == 0 || personal[0].getFullName().isEmpty()
        ? SENT
        : personal[0].getFolder(SENT).getFullName();
  }

  boolean exists(String name) throws MessagingException {
    return store.getFolder(name).exists();
  }

  /** Makes a folder, and shows it to those who list what they subscribed to. */
  void create(String name) throws MessagingException {
    Folder folder = store.getFolder(name);
    if (!folder.create(Folder.HOLDS_MESSAGES) && !folder.exists()) {
      throw new MessagingException("the server does not make a folder " + name);
    }
    folder.setSubscribed(true);
    log.info("imap.folder-created server={} folder={}", server, name);
  }

  private IMAPFolder existing(String name) throws MessagingException {
    IMAPFolder folder = (IMAPFolder) store.getFolder(name);
    if (!folder.exists()) {
      throw new MailException.MailboxNotFound(server, name, NearNames.of(name, folderNames()));
    }
    return folder;
  }

  /** Shows the wire library the bytes of a message that was sent, without reading them into it. */
  private static final class FrozenCopy extends MimeMessage {
    private final FrozenMessage message;

    FrozenCopy(Session session, FrozenMessage message) throws MessagingException {
      super(session);
      this.message = message;
      setFlag(Flags.Flag.SEEN, true);
    }

    @Override
    public int getSize() {
      return (int) Math.min(Integer.MAX_VALUE, message.sizeBytes());
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      try (InputStream in = message.open()) {
        in.transferTo(out);
      }
    }
  }

  private List<String> folderNames() throws MessagingException {
    return Arrays.stream(store.getDefaultFolder().list("*")).map(Folder::getFullName).toList();
  }

  void close() throws MessagingException {
    store.close();
  }

  /** Ends the connection without a goodbye, also under a thread that waits on it. */
  void abort() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
