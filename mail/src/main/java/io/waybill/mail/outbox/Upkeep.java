package io.waybill.mail.outbox;

import io.waybill.mail.MailException;
import io.waybill.mail.UnknownPolicy;
import io.waybill.mail.jdbc.Owner;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps an outbox in order: what dead owners left, what is late, what is old, what is unknown. */
final class Upkeep {
  private static final Logger log = LoggerFactory.getLogger(Upkeep.class);
  private static final int MOST_RESENDS = 3;
  private static final int MOST_REPORTED = 1000;
  private static final int MOST_SETTLED_AT_A_TIME = 100;

  private final OutboxStore store;
  private final LeaseKeeper leases;
  private final Decisions decisions;
  private final OutboxSettings settings;
  private final Owner owner;
  private final InstantSource clock;
  private final Set<String> reported = new HashSet<>();

  Upkeep(
      OutboxStore store,
      LeaseKeeper leases,
      Decisions decisions,
      OutboxSettings settings,
      Owner owner,
      InstantSource clock) {
    this.store = store;
    this.leases = leases;
    this.decisions = decisions;
    this.settings = settings;
    this.owner = owner;
    this.clock = clock;
  }

  /** Takes over what earlier incarnations of this node, or silent owners of others, have left. */
  List<OutboxEntry> recover() {
    // What is claimed after this look has a lease that is not over.
    Set<String> mine = leases.ids();
    List<OutboxEntry> recovered = new ArrayList<>();
    for (OutboxEntry entry : store.rows().list(Set.of(OutboxState.SENDING), Integer.MAX_VALUE)) {
      if (owner.succeeds(entry.owner())) {
        takeOver(entry, true).ifPresent(recovered::add);
      }
    }
    for (OutboxEntry entry : store.rows().silent()) {
      if (!mine.contains(entry.id())) {
        takeOver(entry, false).ifPresent(recovered::add);
      }
    }
    return List.copyOf(recovered);
  }

  private Optional<OutboxEntry> takeOver(OutboxEntry entry, boolean isDead) {
    try {
      OutboxEntry taken =
          store.takeOver(entry, isDead, "its owner " + entry.owner() + " died", clock.instant());
      log.warn(
          "outbox.recovered id={} state={} dead-owner={}",
          entry.id(),
          taken.state(),
          entry.owner());
      return Optional.of(taken);
    } catch (MailException.OutboxConflict e) {
      log.info("outbox.recovered-elsewhere id={}", entry.id());
      return Optional.empty();
    }
  }

  /** Gives up what has been tried for long enough. */
  List<OutboxEntry> expire() {
    List<OutboxEntry> gone = new ArrayList<>();
    for (OutboxEntry entry : store.rows().expired(clock.instant())) {
      try {
        gone.add(expire(entry));
      } catch (MailException.OutboxConflict e) {
        log.info("outbox.expired-elsewhere id={}", entry.id());
      }
    }
    return List.copyOf(gone);
  }

  OutboxEntry expire(OutboxEntry entry) {
    String why =
        "given up after "
            + entry.attempts()
            + " attempts"
            + entry.lastError().map(error -> "; the last: " + error).orElse("");
    OutboxEntry expired =
        store.overrule(
            entry,
            new OutboxStore.Outcome(
                OutboxState.EXPIRED, entry.recipients(), why, null, OutboxStore.Tries.of(entry)),
            null,
            clock.instant());
    log.warn("outbox.expired id={} attempts={}", entry.id(), entry.attempts());
    return expired;
  }

  int prune() {
    Instant now = clock.instant();
    return store.prune(now.minus(settings.keepContent()), now.minus(settings.keepEntries()));
  }

  /**
   * Decides about entries whose fate is unknown, if somebody chose that nobody is asked. It may
   * take long where a Sent folder has to be asked.
   *
   * @param sentFolder says whether an account's Sent folder holds a message, by its Message-ID
   */
  void settleUnknown(BiPredicate<String, String> sentFolder) {
    if (settings.unknown() == UnknownPolicy.ASK) {
      return;
    }
    Set<String> unreachable = new HashSet<>();
    // Where some have it for certain, a copy in the folder is theirs and proves nothing about the
    // others.
    boolean alsoPartlySent = settings.unknown() == UnknownPolicy.RESEND;
    for (OutboxEntry entry :
        store.rows().unknown(MOST_RESENDS, alsoPartlySent, MOST_SETTLED_AT_A_TIME)) {
      if (unreachable.contains(entry.account())) {
        continue;
      }
      try {
        settle(entry, sentFolder);
      } catch (MailException e) {
        unreachable.add(entry.account());
        report(entry, e);
      }
    }
  }

  /** Once for each entry and reason: it is tried again every few seconds. */
  private synchronized void report(OutboxEntry entry, MailException failure) {
    if (reported.size() > MOST_REPORTED) {
      reported.clear();
    }
    if (reported.add(entry.id() + failure.getMessage())) {
      log.warn("outbox.unknown-kept id={} error={}", entry.id(), failure.getMessage());
    }
  }

  private void settle(OutboxEntry entry, BiPredicate<String, String> sentFolder) {
    boolean isFound =
        settings.unknown() == UnknownPolicy.LOOK_THEN_RESEND
            && sentFolder.test(entry.account(), entry.messageId());
    decisions.resolve(
        entry,
        isFound ? Resolution.SENT : Resolution.RESEND,
        "as the setting for what is unknown has it: " + settings.unknown());
  }
}
