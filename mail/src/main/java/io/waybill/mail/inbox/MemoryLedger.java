package io.waybill.mail.inbox;

import io.waybill.mail.inbox.LedgerEntry.State;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a ledger for as long as this process lives: for one-off commands and tests. What was
 * handled is forgotten with it, and other processes do not know of it.
 */
public final class MemoryLedger implements MailLedger {
  private final InstantSource clock;
  private final Map<MailboxKey, Folder> folders = new HashMap<>();

  /** Starts empty. */
  public MemoryLedger(InstantSource clock) {
    this.clock = clock;
  }

  /** What is known of one folder; guarded by the ledger. */
  private static final class Folder {
    final Map<Long, NavigableMap<Long, LedgerEntry>> entries = new HashMap<>();
    @Nullable Checkpoint checkpoint;
    boolean isHeld;

    NavigableMap<Long, LedgerEntry> of(long uidValidity) {
      return entries.computeIfAbsent(uidValidity, validity -> new TreeMap<>());
    }

    NavigableMap<Long, LedgerEntry> current() {
      return checkpoint == null ? new TreeMap<>() : of(checkpoint.uidValidity());
    }
  }

  private Folder folder(MailboxKey mailbox) {
    return folders.computeIfAbsent(mailbox, key -> new Folder());
  }

  @Override
  public synchronized Optional<Hold> hold(MailboxKey mailbox) {
    Folder folder = folder(mailbox);
    if (folder.isHeld) {
      return Optional.empty();
    }
    folder.isHeld = true;
    return Optional.of(new MemoryHold(folder));
  }

  @Override
  public synchronized Optional<Checkpoint> checkpoint(MailboxKey mailbox) {
    return Optional.ofNullable(folder(mailbox).checkpoint);
  }

  @Override
  public synchronized List<LedgerEntry> entries(MailboxKey mailbox, State state, int limit) {
    return folder(mailbox).current().values().stream()
        .filter(entry -> entry.state() == state)
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized boolean release(MailboxKey mailbox, long uid) {
    Map<Long, LedgerEntry> entries = folder(mailbox).current();
    LedgerEntry entry = entries.get(uid);
    if (entry == null || entry.state() != State.QUARANTINED) {
      return false;
    }
    entries.put(uid, entry.released());
    return true;
  }

  private final class MemoryHold implements Hold {
    private final Folder folder;

    MemoryHold(Folder folder) {
      this.folder = folder;
    }

    @Override
    public Optional<Checkpoint> checkpoint() {
      synchronized (MemoryLedger.this) {
        return Optional.ofNullable(folder.checkpoint);
      }
    }

    @Override
    public void carry(long uidValidity, List<LedgerEntry> entries) {
      synchronized (MemoryLedger.this) {
        entries.forEach(entry -> folder.of(uidValidity).put(entry.uid(), entry));
      }
    }

    @Override
    public void start(Checkpoint checkpoint) {
      synchronized (MemoryLedger.this) {
        folder.checkpoint = checkpoint;
        folder.entries.keySet().removeIf(validity -> validity != checkpoint.uidValidity());
      }
    }

    @Override
    public void advance(long uid) {
      synchronized (MemoryLedger.this) {
        Checkpoint now = checkpoint().orElseThrow();
        folder.checkpoint = new Checkpoint(now.uidValidity(), uid, now.since());
      }
    }

    @Override
    public List<LedgerEntry> find(List<Long> uids) {
      synchronized (MemoryLedger.this) {
        Map<Long, LedgerEntry> entries = folder.current();
        return uids.stream().map(entries::get).flatMap(Stream::ofNullable).toList();
      }
    }

    @Override
    public List<LedgerEntry> due(int limit) {
      Instant now = clock.instant();
      return matching(
          limit,
          entry ->
              entry.state() == State.BEGUN
                  || (entry.state() == State.PENDING
                      && entry.nextAttemptAt().map(at -> !at.isAfter(now)).orElse(true)));
    }

    @Override
    public List<LedgerEntry> unfinished(int limit) {
      return matching(limit, entry -> entry.state() == State.DONE && entry.after().isChange());
    }

    @Override
    public List<LedgerEntry> recognise(List<String> identities) {
      Set<String> wanted = new HashSet<>(identities);
      return matching(Integer.MAX_VALUE, entry -> wanted.contains(entry.identity()));
    }

    private List<LedgerEntry> matching(int limit, Predicate<LedgerEntry> which) {
      synchronized (MemoryLedger.this) {
        return folder.current().values().stream().filter(which).limit(limit).toList();
      }
    }

    @Override
    public void begin(List<LedgerEntry> messages) {
      put(messages);
    }

    @Override
    public void giveBack(List<LedgerEntry> messages) {
      put(messages.stream().map(LedgerEntry::givenBack).toList());
    }

    @Override
    public void conclude(LedgerEntry entry) {
      put(List.of(entry));
    }

    private void put(List<LedgerEntry> entries) {
      synchronized (MemoryLedger.this) {
        entries.forEach(entry -> folder.current().put(entry.uid(), entry));
      }
    }

    @Override
    public void forget(List<Long> uids) {
      synchronized (MemoryLedger.this) {
        uids.forEach(folder.current()::remove);
      }
    }

    @Override
    public void finish(List<Long> uids) {
      synchronized (MemoryLedger.this) {
        for (Long uid : new ArrayList<>(uids)) {
          folder.current().computeIfPresent(uid, (key, entry) -> entry.finished());
        }
      }
    }

    @Override
    public void close() {
      synchronized (MemoryLedger.this) {
        folder.isHeld = false;
      }
    }
  }
}
