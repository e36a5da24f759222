package io.waybill.mail.imap;

import io.waybill.mail.ContentSource;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.inbox.AfterAction;
import io.waybill.mail.inbox.LedgerEntry;
import io.waybill.mail.inbox.MailFacts;
import io.waybill.mail.inbox.MailSearch;
import io.waybill.mail.inbox.RemoteMailbox;
import io.waybill.mail.net.AsyncCall;
import io.waybill.mail.net.CallGuard;
import io.waybill.mail.net.LoginGuard;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.angus.mail.iap.BadCommandException;
import org.eclipse.angus.mail.iap.CommandFailedException;
import org.eclipse.angus.mail.iap.ProtocolException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one connection to a mailbox, opened when it is needed, and says in the module's words what
 * went wrong on it. For one thread at a time, but for {@link #abort}.
 */
final class ImapMailbox implements RemoteMailbox, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ImapMailbox.class);
  private static final Duration CONNECT_DEADLINE = Duration.ofMinutes(2);
  private static final Duration COMMAND_DEADLINE = Duration.ofMinutes(10);

  private final MailAccount account;
  private final String server;
  private final ImapErrors errors;
  private final LoginGuard logins;
  private volatile @Nullable ImapConnection connection;
  private volatile @Nullable CallGuard underWay;
  private volatile boolean isClosed;
  private @Nullable Prefetch prefetch;
  private @Nullable ImapConnection refusesIdle;
  private String folderName = "INBOX";
  private boolean toChange;

  ImapMailbox(MailAccount account) {
    if (account.user().isEmpty()) {
      throw new IllegalArgumentException("a mailbox needs a user and a password");
    }
    this.account = account;
    this.server = ImapConnection.server(account);
    this.errors = new ImapErrors(account, server);
    this.logins = new LoginGuard(server, account.user().get(), Clock.systemUTC());
  }

  /** Work on the connection. */
  @FunctionalInterface
  interface Work<T> {
    T on(ImapConnection connection) throws IOException, ProtocolException;
  }

  /** Work on the folder that stands open. */
  @FunctionalInterface
  private interface FolderWork<T> {
    T on(ImapFolder folder) throws IOException, ProtocolException;
  }

  String server() {
    return server;
  }

  void connect() {
    try (CallGuard guard = CallGuard.start(CONNECT_DEADLINE)) {
      boolean isThere = call("login", guard, ImapConnection::isAlive);
      log.debug("imap.connected server={} alive={}", server, isThere);
    }
  }

  /**
   * Works on the connection, which is made if there is none.
   *
   * @throws MailException if that fails; the connection is then closed, unless the server only said
   *     no
   */
  <T> T call(String during, CallGuard guard, Work<T> work) {
    settle();
    return callNow(during, guard, work);
  }

  /** What is fetched ahead has the connection to itself. */
  private void settle() {
    if (prefetch != null) {
      prefetch.await();
    }
  }

  private <T> T callNow(String during, CallGuard guard, Work<T> work) {
    String stage = "login";
    underWay = guard;
    try {
      ImapConnection current = connected(guard);
      stage = during;
      return work.on(current);
    } catch (IOException | ProtocolException e) {
      boolean isAnswer = ImapErrors.isAnswer(e);
      if (!isAnswer) {
        discard(e);
      }
      if (isClosed) {
        throw new MailException.Cancelled(server, stage, e);
      }
      throw errors.translate(e, stage, guard);
    }
  }

  private ImapConnection connected(CallGuard guard) throws IOException, ProtocolException {
    if (isClosed) {
      throw new IllegalStateException("the reader is closed");
    }
    ImapConnection current = connection;
    if (current != null && !current.isAlive()) {
      current.abort();
      current = null;
    }
    if (current == null) {
      current = ImapConnection.open(account, logins, guard);
      connection = current;
      if (isClosed) {
        current.abort();
      }
    }
    current.watchedBy(guard);
    return current;
  }

  private void discard(Exception failure) {
    ImapConnection current = connection;
    connection = null;
    if (current != null) {
      try {
        current.abort();
      } catch (IOException e) {
        failure.addSuppressed(e);
      }
    }
  }

  private <T> T call(String during, Work<T> work) {
    try (CallGuard guard = CallGuard.start(COMMAND_DEADLINE)) {
      return call(during, guard, work);
    }
  }

  /** Never on a connection that was made since: its UIDs could be others. */
  private <T> T inFolder(String during, FolderWork<T> work) {
    settle();
    if (!isAlive()) {
      if (prefetch != null) {
        prefetch.result(); // says why
      }
      throw new MailException.ConnectionLost(
          server, during, new IOException("the connection was closed"));
    }
    return call(during + " in " + folderName, on(work));
  }

  private <T> Work<T> on(FolderWork<T> work) {
    return current -> work.on(new ImapFolder(current.wire(), current.opened(folderName, toChange)));
  }

  @Override
  public Opened open(String folder, boolean change) {
    drop();
    folderName = folder;
    toChange = change;
    return call(
        "open " + folder,
        current -> {
          FolderState state = current.open(folder, change);
          return new Opened(state.uidValidity(), current.lastUid(state));
        });
  }

  /** Opens a folder of which changes are counted from now on, if the server can. */
  FolderState openToCount(String folder) {
    drop();
    folderName = folder;
    toChange = false;
    return call("open " + folder, current -> current.openToCount(folder));
  }

  /** Returns the highest UID in the folder that stands open. */
  long lastUid(FolderState opened) {
    return call("open " + folderName, current -> current.lastUid(opened));
  }

  /** Returns what is new or marked otherwise within a range of UIDs. */
  List<MailFacts> changed(long first, long last, long modSeq) {
    return inFolder(
        "fetch of changes", folder -> folder.facts(folder.changed(first, last, modSeq)));
  }

  @Override
  public long[] find(long first, long last, MailSearch search) {
    return inFolder("search", folder -> folder.find(first, last, search));
  }

  @Override
  public long[] present(long[] uids) {
    return uids.length == 0 ? uids : inFolder("search", folder -> folder.present(uids));
  }

  @Override
  public List<MailFacts> facts(long[] uids) {
    return uids.length == 0 ? List.of() : inFolder("fetch", folder -> folder.facts(uids));
  }

  /** Returns what is known of messages without their bodies; one that is gone is left out. */
  List<ImapFolder.Head> heads(long[] uids, int mostBytes) {
    return uids.length == 0
        ? List.of()
        : inFolder("fetch of headers", folder -> folder.heads(uids, mostBytes));
  }

  @Override
  public Map<Long, byte[]> headers(long[] uids, int mostBytes) {
    return uids.length == 0
        ? Map.of()
        : inFolder("fetch of headers", folder -> folder.headers(uids, mostBytes));
  }

  @Override
  public Map<Long, ContentSource> contents(List<MailFacts> small) {
    Prefetch begun = prefetch;
    prefetch = null;
    return begun != null && begun.messages().equals(small)
        ? begun.result()
        : inFolder("fetch", folder -> folder.contents(small));
  }

  @Override
  public void prefetch(List<MailFacts> small) {
    drop();
    prefetch =
        new Prefetch(
            small,
            AsyncCall.start(
                "waybill-mail-prefetch",
                COMMAND_DEADLINE,
                guard ->
                    callNow(
                        "fetch in " + folderName, guard, on(folder -> folder.contents(small)))));
  }

  private void drop() {
    Prefetch begun = prefetch;
    prefetch = null;
    if (begun != null) {
      begun.drop();
    }
  }

  @Override
  public InputStream stream(MailFacts message) {
    long uid = message.uid();
    return new ImapContent(
        (offset, length) -> inFolder("fetch", folder -> folder.piece(uid, offset, length)), uid);
  }

  /** Says so if a folder does not exist, with the names of those that are like it. */
  void requireFolder(String folder) {
    call(
        "list",
        current -> {
          current.requireExists(folder);
          return true;
        });
  }

  /** Whether the server tells by itself when messages come. */
  boolean canIdle() {
    return can("IDLE") && refusesIdle != connection;
  }

  private boolean can(String capability) {
    ImapConnection current = connection;
    return current != null && current.isAlive() && current.can(capability);
  }

  /**
   * Waits until messages come to the folder that stands open, or for so long, and proves that the
   * connection still is one.
   *
   * @return whether messages have come since the folder was opened
   */
  boolean idle(Duration atMost, Duration answerWithin) {
    Duration deadline = atMost.plus(answerWithin).plus(answerWithin);
    try (CallGuard guard = CallGuard.start(deadline)) {
      return call(
          "IDLE in " + folderName,
          guard,
          current -> {
            ImapWire wire = current.wire();
            if (!wire.hasArrived()) {
              idle(current, atMost, answerWithin);
            }
            if (!wire.hasArrived()) {
              wire.run("NOOP");
            }
            return wire.hasArrived();
          });
    }
  }

  /** A server that offers it and then refuses is not asked again on this connection. */
  private void idle(ImapConnection current, Duration atMost, Duration answerWithin)
      throws IOException, ProtocolException {
    try {
      current.wire().idle(atMost, answerWithin);
    } catch (CommandFailedException | BadCommandException e) {
      refusesIdle = current;
      log.info("imap.idle-refused server={} error={}", server, e.getMessage());
    }
  }

  @Override
  public boolean isAlive() {
    ImapConnection current = connection;
    return current != null && current.isAlive();
  }

  @Override
  public void perform(AfterAction action, List<LedgerEntry> messages) {
    long[] uids = messages.stream().mapToLong(LedgerEntry::uid).sorted().toArray();
    if (uids.length == 0) {
      return;
    }
    boolean isWhole =
        switch (action.kind()) {
          case NONE -> true;
          case SEEN -> marked(uids, "\\Seen");
          case KEYWORD -> marked(uids, action.word());
          case DELETE -> inFolder("delete", folder -> folder.delete(uids));
          case MOVE -> moved(uids, action.word());
        };
    if (!isWhole) {
      log.warn(
          "imap.marked-as-deleted server={} folder={} messages={}: the server has no UIDPLUS, and"
              + " could only remove all that anybody has marked so",
          server,
          folderName,
          uids.length);
    }
  }

  /**
   * Opens a folder in which UIDs are known.
   *
   * @throws MailException.MailboxChanged if they count anew
   */
  void openSame(String folder, long uidValidity, boolean change) {
    Opened opened = open(folder, change);
    if (opened.uidValidity() != uidValidity) {
      throw new MailException.MailboxChanged(
          folder + " at " + server,
          uidValidity,
          opened.uidValidity(),
          "the numbers that are known of its messages may be those of others now; nothing was done"
              + " to them: list the folder again");
    }
  }

  /** Does what is said to those of the messages that are there, and returns which these are. */
  List<Long> file(FilingSpec spec, List<Long> uids) {
    openSame(spec.folder(), spec.uidValidity(), true);
    List<LedgerEntry> there = new ArrayList<>();
    for (long uid : present(uids.stream().mapToLong(Long::longValue).sorted().toArray())) {
      there.add(LedgerEntry.fresh(uid));
    }
    if (there.isEmpty()) {
      return List.of();
    }
    long[] found = there.stream().mapToLong(LedgerEntry::uid).toArray();
    spec.copyTo().ifPresent(target -> provide(target, spec.isCreating()));
    spec.moveTo().ifPresent(target -> provide(target, spec.isCreating()));
    store(found, spec);
    spec.copyTo().ifPresent(target -> copied(found, target));
    spec.moveTo()
        .map(AfterAction::moveTo)
        .or(() -> spec.isDeleting() ? Optional.of(AfterAction.DELETE) : Optional.empty())
        .ifPresent(action -> perform(action, there));
    return there.stream().map(LedgerEntry::uid).toList();
  }

  private void provide(String target, boolean isCreating) {
    if (!isCreating) {
      requireFolder(target);
      return;
    }
    call(
        "create " + target,
        current -> {
          if (!current.exists(target)) {
            createOrFind(current, target);
          }
          return true;
        });
  }

  private static void createOrFind(ImapConnection connection, String target)
      throws IOException, ProtocolException {
    try {
      connection.create(target);
    } catch (CommandFailedException e) {
      if (!connection.exists(target)) { // else another connection was faster
        throw e;
      }
    }
  }

  private void store(long[] uids, FilingSpec spec) {
    inFolder(
        "mark",
        folder -> {
          if (!spec.unmarks().isEmpty()) {
            folder.removeFlags(uids, spec.unmarks());
          }
          if (!spec.marks().isEmpty()) {
            folder.addFlags(uids, spec.marks());
          }
          return true;
        });
  }

  private void copied(long[] uids, String target) {
    call(
        "copy to " + target + " from " + folderName,
        current -> new CopyOnce(current, folderName, target).run(uids));
  }

  private boolean moved(long[] uids, String target) {
    if (can("MOVE")) {
      return inFolder(
          "move to " + target,
          folder -> {
            folder.move(uids, target);
            return true;
          });
    }
    String during = "move to " + target;
    return call(
        during + " from " + folderName,
        current -> new MoveByCopy(current, folderName, target).run(uids));
  }

  private boolean marked(long[] uids, String flag) {
    return inFolder(
        "mark",
        folder -> {
          folder.addFlags(uids, List.of(flag));
          return true;
        });
  }

  /** Says goodbye if the connection is there. */
  @Override
  public void close() {
    isClosed = true;
    drop();
    ImapConnection current = connection;
    try {
      if (current != null) {
        current.close();
      }
    } catch (IOException e) {
      // What was read was returned; a goodbye that fails changes nothing.
      log.debug("imap.logout-failed server={} error={}", server, e.toString());
    }
  }

  /** Ends what is under way, from any thread; nothing works afterwards. */
  void abort() {
    isClosed = true;
    CallGuard call = underWay;
    if (call != null) {
      call.cancel();
    }
    ImapConnection current = connection;
    try {
      if (current != null) {
        current.abort();
      }
    } catch (IOException e) {
      log.debug("imap.abort-failed server={} error={}", server, e.toString());
    }
  }
}
