package io.waybill.mail.inbox;

import io.waybill.mail.MailException;
import io.waybill.mail.inbox.RemoteMailbox.Opened;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out where to go on in a folder: at its checkpoint, at the first run's, or anew. */
final class Reconciliation {
  private static final Logger log = LoggerFactory.getLogger(Reconciliation.class);
  private static final int PART = 200;

  private final RemoteMailbox mailbox;
  private final MailboxKey key;
  private final MailLedger.Hold ledger;
  private final PollSpec spec;
  private final InstantSource clock;
  private final Tally tally;

  Reconciliation(
      RemoteMailbox mailbox,
      MailboxKey key,
      MailLedger.Hold ledger,
      PollSpec spec,
      InstantSource clock,
      Tally tally) {
    this.mailbox = mailbox;
    this.key = key;
    this.ledger = ledger;
    this.spec = spec;
    this.clock = clock;
    this.tally = tally;
  }

  /** Returns the checkpoint from which the folder, as it was opened, is read on. */
  Checkpoint with(Opened opened) {
    Checkpoint known = ledger.checkpoint().orElse(null);
    if (known == null) {
      return begin(opened);
    }
    boolean isSame =
        opened.uidValidity() == known.uidValidity()
            // a server that does not say is taken at its numbers
            || opened.uidValidity() == 0;
    // UIDs only grow: where the last is below what was read, they are others
    return isSame && opened.lastUid() >= known.uid() ? known : anew(known, opened);
  }

  private Checkpoint begin(Opened opened) {
    Instant now = clock.instant();
    long uid =
        switch (spec.from().kind()) {
          case ALL -> 0;
          case UID -> Math.min(spec.from().uid() - 1, opened.lastUid());
          case NOW, UNSEEN -> opened.lastUid();
        };
    if (spec.from().kind() == StartFrom.Kind.UNSEEN) {
      Windows windows = new Windows(1, opened.lastUid());
      while (windows.hasNext()) {
        Windows.Window window = windows.next();
        long[] unseen =
            mailbox.find(window.first(), window.last(), MailSearch.builder().unseen().build());
        windows.found(unseen.length);
        for (long[] part : Windows.parts(unseen, PART)) {
          ledger.carry(
              opened.uidValidity(), Arrays.stream(part).mapToObj(LedgerEntry::fresh).toList());
        }
      }
    }
    return started(new Checkpoint(opened.uidValidity(), uid, now));
  }

  private Checkpoint anew(Checkpoint known, Opened opened) {
    if (spec.uidValidity() == UidValidityPolicy.STOP) {
      throw new MailException.MailboxChanged(
          key.toString(), known.uidValidity(), opened.uidValidity());
    }
    int recognised = spec.uidValidity() == UidValidityPolicy.REMATCH ? rematch(known, opened) : 0;
    String notice =
        "UIDs of %s count anew (UIDVALIDITY %d, before %d): %s"
            .formatted(
                key,
                opened.uidValidity(),
                known.uidValidity(),
                switch (spec.uidValidity()) {
                  case REMATCH -> recognised + " messages were recognised";
                  case SKIP_EXISTING -> "what is there counts as handled";
                  default -> "everything is handled again";
                });
    log.warn("inbox.uids-count-anew {}", notice);
    tally.notice(notice);
    long uid = spec.uidValidity() == UidValidityPolicy.REPROCESS ? 0 : opened.lastUid();
    return started(new Checkpoint(opened.uidValidity(), uid, known.since()));
  }

  private Checkpoint started(Checkpoint checkpoint) {
    ledger.start(checkpoint);
    return checkpoint;
  }

  /** Returns how many messages were recognised; the new ones are carried on as pending. */
  private int rematch(Checkpoint known, Opened opened) {
    int recognised = 0;
    Windows windows = new Windows(1, opened.lastUid());
    while (windows.hasNext()) {
      Windows.Window window = windows.next();
      long[] uids = mailbox.find(window.first(), window.last(), MailSearch.everything());
      windows.found(uids.length);
      for (long[] part : Windows.parts(uids, PART)) {
        List<LedgerEntry> carried = new ArrayList<>();
        recognised += rematch(part, known, carried);
        ledger.carry(opened.uidValidity(), carried);
      }
    }
    return recognised;
  }

  private int rematch(long[] uids, Checkpoint known, List<LedgerEntry> carried) {
    Map<Long, byte[]> headers = mailbox.headers(uids, Identity.MOST);
    Map<Long, String> identities = new HashMap<>();
    List<MailFacts> there = mailbox.facts(uids);
    for (MailFacts each : there) {
      byte[] block = headers.get(each.uid());
      if (block != null) {
        identities.put(each.uid(), Identity.of(block, each.sizeBytes()));
      }
    }
    Map<String, LedgerEntry> before = new HashMap<>();
    ledger
        .recognise(List.copyOf(identities.values()))
        .forEach(entry -> before.put(entry.identity(), entry));
    int recognised = 0;
    for (MailFacts each : there) {
      LedgerEntry old = before.get(identities.getOrDefault(each.uid(), ""));
      if (old != null) {
        carried.add(old.renumbered(each.uid()));
        recognised++;
      } else if (isNew(each, known)) {
        carried.add(LedgerEntry.fresh(each.uid()));
      }
    }
    return recognised;
  }

  /** What came before the folder was first read, and was not to be handled then, is not now. */
  private boolean isNew(MailFacts facts, Checkpoint known) {
    // servers say whole seconds: what came later in the one of the first run bears its beginning
    Instant since = known.since().truncatedTo(ChronoUnit.SECONDS);
    return spec.from().kind() == StartFrom.Kind.ALL
        || (spec.from().kind() == StartFrom.Kind.UNSEEN && !facts.isSeen())
        || facts.receivedAt().map(at -> !at.isBefore(since)).orElse(true);
  }
}
