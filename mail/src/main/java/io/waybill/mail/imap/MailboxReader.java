package io.waybill.mail.imap;

import io.waybill.mail.ContentSource;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.inbox.AfterAction;
import io.waybill.mail.inbox.InboundHandler;
import io.waybill.mail.inbox.InboundMail;
import io.waybill.mail.inbox.LedgerEntry;
import io.waybill.mail.inbox.MailFacts;
import io.waybill.mail.inbox.MailLedger;
import io.waybill.mail.inbox.MailboxPoll;
import io.waybill.mail.inbox.PollReport;
import io.waybill.mail.inbox.PollSpec;
import io.waybill.mail.inbox.ReadAhead;
import io.waybill.mail.inbox.RemoteMailbox;
import io.waybill.mail.inbox.Windows;
import io.waybill.mail.mime.MimeLimits;
import io.waybill.mail.net.AsyncCall;
import io.waybill.mail.net.CallGuard;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Reads messages of one account over one connection, kept open between calls. Threads take turns.
 *
 * <p>Reading changes nothing: folders are opened with EXAMINE, bodies are fetched with BODY.PEEK,
 * and no message becomes "seen"; only an after-action of a poll does what it says.
 */
public final class MailboxReader implements AutoCloseable {
  private static final Duration FETCH_DEADLINE = Duration.ofMinutes(10);
  private static final int MOST_HEADER_BYTES = 16 * 1024;

  private final ImapMailbox mailbox;
  private final String name;
  private final InstantSource clock;
  private final ReentrantLock turn = new ReentrantLock();

  private MailboxReader(MailAccount account, InstantSource clock) {
    this.mailbox = new ImapMailbox(account);
    this.name = account.user().orElseThrow() + "@" + mailbox.server();
    this.clock = clock;
  }

  /**
   * Connects and logs in.
   *
   * @throws IllegalArgumentException if the account has no user
   * @throws MailException.ConnectFailed if nothing answers there
   * @throws MailException.TlsFailed if the connection cannot be protected as the account demands
   * @throws MailException.AuthenticationFailed if the login is refused
   */
  public static MailboxReader connect(MailAccount account) {
    MailboxReader reader = lazy(account, Clock.systemUTC());
    reader.mailbox.connect();
    return reader;
  }

  /**
   * Returns a reader that connects when something is read.
   *
   * @throws IllegalArgumentException if the account has no user
   */
  public static MailboxReader lazy(MailAccount account, InstantSource clock) {
    return new MailboxReader(account, clock);
  }

  /** Returns what a ledger calls this mailbox: {@code user@host:port}. */
  public String name() {
    return name;
  }

  /**
   * Returns what matches, lowest UIDs first, within ten minutes. The caller closes each mail.
   *
   * @throws MailException.MailboxNotFound if there is no such folder
   * @throws MailException.TimedOut if the server was too slow
   * @throws MailException.ConnectionLost if the connection broke
   */
  public List<InboundMail> fetch(FetchSpec spec) {
    return fetch(spec, FETCH_DEADLINE);
  }

  /**
   * Returns what matches, or gives up at the deadline by closing the connection.
   *
   * @throws MailException as {@link #fetch(FetchSpec)}
   */
  public List<InboundMail> fetch(FetchSpec spec, Duration deadline) {
    try (CallGuard guard = CallGuard.start(deadline)) {
      return fetch(spec, guard);
    }
  }

  /** Fetches on another thread; cancelling the future closes the connection. */
  public CompletableFuture<List<InboundMail>> fetchAsync(FetchSpec spec) {
    return AsyncCall.start("waybill-mail-fetch", FETCH_DEADLINE, guard -> fetch(spec, guard));
  }

  private List<InboundMail> fetch(FetchSpec spec, CallGuard guard) {
    return inTurn(
        guard.remaining(),
        () ->
            mailbox.call(
                "fetch from " + spec.folder(), guard, current -> new Fetch(current, spec).run()));
  }

  /**
   * Handles what there is in a folder and was not handled before, as far as the ledger knows, and
   * returns when it is done. Each message comes at least once, as {@link InboundHandler} says;
   * nothing is handled twice by several readers, threads or nodes that share a ledger.
   *
   * @throws MailException if the mailbox or the ledger fails; what was handled is written down, and
   *     the next poll goes on from there
   */
  public PollReport poll(PollSpec spec, MailLedger ledger, InboundHandler handler) {
    return inTurn(
        FETCH_DEADLINE, () -> new MailboxPoll(mailbox, name, ledger, clock).run(spec, handler));
  }

  /**
   * Returns the newest messages that match as far as the server can tell, oldest first, with their
   * headers only, of those which say who, when and about what.
   *
   * @throws MailException as {@link #fetch(FetchSpec)}
   */
  public List<InboundMail> heads(FetchSpec spec) {
    return inTurn(
        FETCH_DEADLINE,
        () -> {
          RemoteMailbox.Opened opened = mailbox.open(spec.folder(), false);
          long[] found = mailbox.find(spec.sinceUid() + 1, opened.lastUid(), spec.search());
          long[] newest =
              Arrays.copyOfRange(found, Math.max(0, found.length - spec.limit()), found.length);
          return mailbox.heads(newest, MOST_HEADER_BYTES).stream()
              .map(MailboxReader::withHeadersOnly)
              .toList();
        });
  }

  private static InboundMail withHeadersOnly(ImapFolder.Head head) {
    return new InboundMail(head.facts(), head.block(), MimeLimits.defaults(), 1);
  }

  /**
   * Hands over messages of a folder one by one, each to be read until it returns; those that are
   * gone are left out.
   *
   * @return how many there were
   * @throws MailException as {@link #fetch(FetchSpec)}
   */
  public int each(String folder, List<Long> uids, MimeLimits limits, Consumer<InboundMail> reader) {
    return inTurn(
        FETCH_DEADLINE,
        () -> {
          RemoteMailbox.Opened unused = mailbox.open(folder, false);
          return eachOf(uids, limits, reader);
        });
  }

  /**
   * Hands over messages as {@link #each(String, List, MimeLimits, Consumer)} does, by the UIDs of a
   * certain UIDVALIDITY.
   *
   * @throws MailException.MailboxChanged if the folder's UIDs count anew
   */
  public int each(
      String folder,
      long uidValidity,
      List<Long> uids,
      MimeLimits limits,
      Consumer<InboundMail> reader) {
    return inTurn(
        FETCH_DEADLINE,
        () -> {
          mailbox.openSame(folder, uidValidity, false);
          return eachOf(uids, limits, reader);
        });
  }

  private int eachOf(List<Long> uids, MimeLimits limits, Consumer<InboundMail> reader) {
    List<MailFacts> there = mailbox.facts(uids.stream().mapToLong(Long::longValue).toArray());
    int read = 0;
    for (ReadAhead ahead = new ReadAhead(mailbox, there); ahead.hasNext(); ) {
      ReadAhead.Lot lot = ahead.next();
      for (MailFacts facts : lot.messages()) {
        ContentSource content = lot.contents().get(facts.uid());
        if (content == null) {
          continue; // gone
        }
        try (InboundMail mail = new InboundMail(facts, content, limits, 1)) {
          reader.accept(mail);
          read++;
        }
      }
    }
    return read;
  }

  /**
   * Tells which messages of a folder are new, or marked otherwise, since this was asked before (RFC
   * 7162). Those that are gone are not told. A server that does not count changes tells all.
   *
   * @param since what the call before returned; {@link ChangePoint#START} for everything
   * @return from where to ask the next time
   * @throws MailException as {@link #fetch(FetchSpec)}
   */
  public ChangePoint changes(String folder, ChangePoint since, Consumer<MailFacts> each) {
    return inTurn(
        FETCH_DEADLINE,
        () -> {
          FolderState opened = mailbox.openToCount(folder);
          boolean isSame = opened.uidValidity() == since.uidValidity() && opened.modSeq() > 0;
          long modSeq = isSame ? since.modSeq() : 0;
          Windows windows = new Windows(1, mailbox.lastUid(opened));
          while (windows.hasNext()) {
            Windows.Window window = windows.next();
            List<MailFacts> changed = mailbox.changed(window.first(), window.last(), modSeq);
            windows.found(changed.size());
            changed.forEach(each);
          }
          return new ChangePoint(opened.uidValidity(), opened.modSeq());
        });
  }

  /** Returns the UIDs of what matches as far as the server can tell, lowest first. */
  public List<Long> find(FetchSpec spec) {
    return inTurn(
        FETCH_DEADLINE,
        () -> {
          RemoteMailbox.Opened opened = mailbox.open(spec.folder(), false);
          return Arrays.stream(mailbox.find(spec.sinceUid() + 1, opened.lastUid(), spec.search()))
              .boxed()
              .limit(spec.limit())
              .toList();
        });
  }

  /**
   * Does something about messages; those that are gone are left out.
   *
   * @return how many were there
   * @throws MailException.MailboxNotFound if one of the folders does not exist
   */
  public int perform(String folder, AfterAction action, List<Long> uids) {
    return inTurn(
        FETCH_DEADLINE,
        () -> {
          RemoteMailbox.Opened unused = mailbox.open(folder, true);
          if (action.kind() == AfterAction.Kind.MOVE) {
            mailbox.requireFolder(action.word());
          }
          List<MailFacts> there = mailbox.facts(uids.stream().mapToLong(Long::longValue).toArray());
          mailbox.perform(
              action, there.stream().map(each -> LedgerEntry.fresh(each.uid())).toList());
          return there.size();
        });
  }

  /**
   * Marks, copies, moves or deletes messages as said; those that are gone are left out. Nothing is
   * touched if their folder is not the one that their UIDs are of.
   *
   * @return the UIDs of those that were there
   * @throws MailException.MailboxChanged if the folder's UIDs count anew
   * @throws MailException.MailboxNotFound if a folder does not exist and none is to be made
   */
  public List<Long> file(FilingSpec spec, List<Long> uids) {
    return inTurn(FETCH_DEADLINE, () -> mailbox.file(spec, uids));
  }

  /**
   * Returns whether a folder holds a message of exactly this Message-ID.
   *
   * @throws MailException.MailboxNotFound if there is no such folder
   */
  public boolean contains(String folder, String messageId) {
    try (CallGuard guard = CallGuard.start(FETCH_DEADLINE)) {
      return inTurn(
          guard.remaining(),
          () ->
              mailbox.call(
                  "search in " + folder, guard, current -> current.contains(folder, messageId)));
    }
  }

  /** Returns all folders of the mailbox. */
  public List<MailFolder> folders() {
    try (CallGuard guard = CallGuard.start(FETCH_DEADLINE)) {
      return inTurn(guard.remaining(), () -> mailbox.call("list", guard, ImapConnection::folders));
    }
  }

  private <T> T inTurn(Duration atMost, Supplier<T> work) {
    try {
      if (!turn.tryLock(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new MailException.TimedOut(mailbox.server(), "waiting for the connection", null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MailException.Cancelled(mailbox.server(), "waiting for the connection", e);
    }
    try {
      return work.get();
    } finally {
      turn.unlock();
    }
  }

  /** Says goodbye, or ends what is under way in another thread. */
  @Override
  public void close() {
    if (turn.tryLock()) {
      try {
        mailbox.close();
      } finally {
        turn.unlock();
      }
    } else {
      mailbox.abort();
    }
  }
}
