package io.waybill.mail.inbox;

import io.waybill.mail.MailException;
import io.waybill.mail.inbox.Delivery.Item;
import io.waybill.mail.inbox.LedgerEntry.State;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Handles what there is in a mailbox that names its messages, each by what the ledger knows of that
 * name: as {@link Poll}, with the names in the place of UIDs.
 */
public final class UidlPoll {
  private static final int PART = 500;
  private static final String INBOX = "INBOX";

  private final UidlMailbox mailbox;
  private final String account;
  private final MailLedger ledger;
  private final InstantSource clock;

  /**
   * Prepares; nothing is connected yet.
   *
   * @param account what the ledger calls the mailbox where nothing else is said
   */
  public UidlPoll(UidlMailbox mailbox, String account, MailLedger ledger, InstantSource clock) {
    this.mailbox = mailbox;
    this.account = account;
    this.ledger = ledger;
    this.clock = clock;
  }

  /**
   * Handles what there is now, and returns when it is done.
   *
   * @throws MailException.InvalidMessage if something is wanted that such a server does not know
   */
  public PollReport run(PollSpec spec, InboundHandler handler) {
    requireKnown(spec);
    Optional<MailLedger.Hold> taken =
        ledger.hold(new MailboxKey(spec.ledgerName().orElse(account), INBOX));
    if (taken.isEmpty()) {
      return PollReport.ELSEWHERE;
    }
    try (MailLedger.Hold hold = taken.get()) {
      return run(hold, spec, handler);
    }
  }

  private static void requireKnown(PollSpec spec) {
    boolean isKnown =
        spec.from().kind() == StartFrom.Kind.NOW || spec.from().kind() == StartFrom.Kind.ALL;
    if (!isKnown) {
      throw new MailException.InvalidMessage("from", -1, "is now or all, for POP3");
    }
    boolean canBeDone =
        spec.after().kind() == AfterAction.Kind.NONE
            || spec.after().kind() == AfterAction.Kind.DELETE;
    if (!canBeDone) {
      throw new MailException.InvalidMessage("after-action", -1, "is none or delete, for POP3");
    }
  }

  private PollReport run(MailLedger.Hold hold, PollSpec spec, InboundHandler handler) {
    mailbox.open(INBOX, spec.after().isChange());
    Map<String, String> names = new LinkedHashMap<>();
    mailbox.names().forEach(name -> names.put(Identity.ofName(name), name));
    Tally tally = new Tally();
    Checkpoint checkpoint = hold.checkpoint().orElseGet(() -> begin(hold, spec, names));
    Map<String, LedgerEntry> known = known(hold, names);
    Delivery delivery = new Delivery(mailbox, hold, spec, handler, clock, tally);
    List<LedgerEntry> wanted = new ArrayList<>();
    long last = checkpoint.uid();
    Instant now = clock.instant();
    for (String identity : names.keySet()) {
      LedgerEntry entry = known.get(identity);
      if (entry == null) {
        wanted.add(LedgerEntry.fresh(++last).identified(identity));
      } else if (isDue(entry, now)) {
        wanted.add(entry);
      }
    }
    hold.advance(last); // a number is never given twice
    forgetGone(hold, names);
    callAll(wanted, names);
    callAll(known.values(), names);
    deliver(wanted, spec, delivery);
    finish(hold, names);
    return tally.report();
  }

  private void callAll(Collection<LedgerEntry> entries, Map<String, String> names) {
    for (LedgerEntry entry : entries) {
      String name = names.get(entry.identity());
      if (name != null) {
        mailbox.call(entry.uid(), name);
      }
    }
  }

  private static boolean isDue(LedgerEntry entry, Instant now) {
    return entry.state() == State.BEGUN
        || (entry.state() == State.PENDING
            && entry.nextAttemptAt().map(at -> !at.isAfter(now)).orElse(true));
  }

  /** What is there at first and is not wanted counts as handled: only the names can tell later. */
  private Checkpoint begin(MailLedger.Hold hold, PollSpec spec, Map<String, String> names) {
    long uid = 0;
    if (spec.from().kind() == StartFrom.Kind.NOW) {
      List<LedgerEntry> there = new ArrayList<>();
      for (String identity : names.keySet()) {
        there.add(LedgerEntry.fresh(++uid).identified(identity).settled());
      }
      hold.carry(0, there);
    }
    Checkpoint first = new Checkpoint(0, uid, clock.instant());
    hold.start(first);
    return first;
  }

  private static Map<String, LedgerEntry> known(MailLedger.Hold hold, Map<String, String> names) {
    Map<String, LedgerEntry> known = new HashMap<>();
    List<String> identities = List.copyOf(names.keySet());
    for (int from = 0; from < identities.size(); from += PART) {
      hold.recognise(identities.subList(from, Math.min(identities.size(), from + PART)))
          .forEach(entry -> known.put(entry.identity(), entry));
    }
    return known;
  }

  private static void forgetGone(MailLedger.Hold hold, Map<String, String> names) {
    List<Long> gone =
        hold.due(PART).stream()
            .filter(entry -> !names.containsKey(entry.identity()))
            .map(LedgerEntry::uid)
            .toList();
    hold.forget(gone);
  }

  private void deliver(List<LedgerEntry> entries, PollSpec spec, Delivery delivery) {
    Map<Long, LedgerEntry> byUid = new HashMap<>();
    entries.forEach(entry -> byUid.put(entry.uid(), entry));
    List<MailFacts> facts =
        mailbox.facts(entries.stream().mapToLong(LedgerEntry::uid).toArray()).stream()
            .filter(spec.search()::matches)
            .toList();
    for (ReadAhead ahead = new ReadAhead(mailbox, facts); ahead.hasNext(); ) {
      ReadAhead.Lot lot = ahead.next();
      for (MailFacts each : lot.messages()) {
        Item item = new Item(each, Objects.requireNonNull(byUid.get(each.uid())));
        delivery.deliver(List.of(item), lot.contents());
      }
    }
  }

  /** A server deletes at the end of the session: only what it has confirmed is written down. */
  private void finish(MailLedger.Hold hold, Map<String, String> names) {
    List<LedgerEntry> open = hold.unfinished(Integer.MAX_VALUE);
    if (open.isEmpty()) {
      return;
    }
    List<LedgerEntry> there =
        open.stream().filter(entry -> names.containsKey(entry.identity())).toList();
    callAll(there, names);
    mailbox.perform(AfterAction.DELETE, there);
    hold.finish(open.stream().map(LedgerEntry::uid).toList());
  }
}
