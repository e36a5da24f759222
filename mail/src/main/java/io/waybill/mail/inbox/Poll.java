package io.waybill.mail.inbox;

import io.waybill.mail.MailException;
import io.waybill.mail.inbox.Delivery.Item;
import io.waybill.mail.inbox.RemoteMailbox.Opened;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles what there is in one folder: first what was put off before, then what is new. In each
 * step the ledger is written before and after, so that a process that ends at any moment has lost
 * nothing, and leaves open at most what it was at.
 */
final class Poll {
  private static final Logger log = LoggerFactory.getLogger(Poll.class);

  /** So many messages are asked about at once. */
  private static final int PART = 2000;

  /** So many are begun together at most: after a crash, so many may come again. */
  private static final int TOGETHER = 50;

  private final RemoteMailbox mailbox;
  private final MailboxKey key;
  private final MailLedger.Hold ledger;
  private final PollSpec spec;
  private final InstantSource clock;
  private final Tally tally = new Tally();
  private final Delivery delivery;
  private boolean finishes = true;

  Poll(
      RemoteMailbox mailbox,
      MailboxKey key,
      MailLedger.Hold ledger,
      PollSpec spec,
      InboundHandler handler,
      InstantSource clock) {
    this.mailbox = mailbox;
    this.key = key;
    this.ledger = ledger;
    this.spec = spec;
    this.clock = clock;
    this.delivery = new Delivery(mailbox, ledger, spec, handler, clock, tally);
  }

  PollReport run() {
    Opened opened = mailbox.open(spec.folder(), spec.after().isChange());
    Checkpoint checkpoint =
        new Reconciliation(mailbox, key, ledger, spec, clock, tally).with(opened);
    finish();
    handleDue();
    Windows windows = new Windows(checkpoint.uid() + 1, opened.lastUid());
    while (windows.hasNext()) {
      Windows.Window window = windows.next();
      long[] uids = mailbox.find(window.first(), window.last(), spec.search());
      windows.found(uids.length);
      for (long[] part : Windows.parts(uids, PART)) {
        handle(unknown(part));
      }
      ledger.advance(window.last());
    }
    return tally.report();
  }

  /** What was put off, pending from before, or left by a process that ended at it. */
  private void handleDue() {
    List<LedgerEntry> due = ledger.due(PART);
    Set<Long> seen = new HashSet<>();
    while (!due.isEmpty()) {
      handle(due);
      boolean isAll = due.size() < PART;
      due.forEach(entry -> seen.add(entry.uid()));
      due =
          isAll
              ? List.of()
              : ledger.due(PART).stream().filter(entry -> !seen.contains(entry.uid())).toList();
    }
  }

  /** A poll that ended before the checkpoint moved on has left entries above it. */
  private List<LedgerEntry> unknown(long[] uids) {
    List<Long> asked = Arrays.stream(uids).boxed().toList();
    Set<Long> known = new HashSet<>();
    ledger.find(asked).forEach(entry -> known.add(entry.uid()));
    return asked.stream().filter(uid -> !known.contains(uid)).map(LedgerEntry::fresh).toList();
  }

  private void handle(List<LedgerEntry> entries) {
    Map<Long, LedgerEntry> byUid = new LinkedHashMap<>();
    entries.forEach(entry -> byUid.put(entry.uid(), entry));
    Map<Long, Item> wanted = new HashMap<>();
    List<MailFacts> facts = new ArrayList<>();
    for (MailFacts each :
        mailbox.facts(byUid.keySet().stream().mapToLong(Long::longValue).toArray())) {
      LedgerEntry entry = byUid.remove(each.uid());
      // what was begun before is wanted, however it is marked by now
      if (entry != null && (entry.wasBegun() || spec.search().matches(each))) {
        wanted.put(each.uid(), new Item(each, entry));
        facts.add(each);
      }
    }
    long[] missing = byUid.keySet().stream().mapToLong(Long::longValue).toArray();
    long[] unreadable = mailbox.present(missing);
    delivery.putOff(Arrays.stream(unreadable).mapToObj(byUid::remove).toList());
    ledger.forget(List.copyOf(byUid.keySet())); // gone
    for (ReadAhead ahead = new ReadAhead(mailbox, facts); ahead.hasNext(); finish()) {
      ReadAhead.Lot lot = ahead.next();
      List<Item> items = lot.messages().stream().map(each -> wanted.get(each.uid())).toList();
      groups(items).forEach(group -> delivery.deliver(group, lot.contents()));
    }
  }

  /**
   * What was begun before may be what ended the process: it is begun alone, so that it takes no
   * other with it.
   */
  private static List<List<Item>> groups(List<Item> items) {
    List<List<Item>> groups = new ArrayList<>();
    List<Item> group = new ArrayList<>();
    for (Item item : items) {
      if (item.entry().wasBegun()) {
        groups.add(List.of(item));
      } else {
        group.add(item);
      }
      if (group.size() == TOGETHER) {
        groups.add(group);
        group = new ArrayList<>();
      }
    }
    if (!group.isEmpty()) {
      groups.add(group);
    }
    return groups;
  }

  /** Does on the server what is to be done to what was handled; once it fails, not again here. */
  private void finish() {
    while (finishes) {
      List<LedgerEntry> open = ledger.unfinished(PART);
      Map<AfterAction, List<LedgerEntry>> byAction = new LinkedHashMap<>();
      open.forEach(
          entry -> byAction.computeIfAbsent(entry.after(), a -> new ArrayList<>()).add(entry));
      byAction.forEach(this::finish);
      if (open.size() < PART) {
        return;
      }
    }
  }

  private void finish(AfterAction action, List<LedgerEntry> entries) {
    try {
      mailbox.perform(action, entries);
      ledger.finish(entries.stream().map(LedgerEntry::uid).toList());
    } catch (MailException.LeaseLost e) {
      throw e;
    } catch (MailException e) {
      if (!mailbox.isAlive()) {
        throw e;
      }
      finishes = false;
      tally.unfinished(entries.size());
      log.warn(
          "inbox.after-action-failed mailbox=\"{}\" action=\"{}\" messages={} error={}",
          key,
          action,
          entries.size(),
          e.getMessage());
    }
  }
}
