package io.waybill.mail.outbox;

import io.waybill.mail.MailException;
import io.waybill.mail.UnknownPolicy;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps an outbox in order: what dead owners left, what is late, what is old, what is unknown. */
final class Upkeep {
  private static final Logger log = LoggerFactory.getLogger(Upkeep.class);
  private static final int MOST_RESENDS = 3;

  private final OutboxStore store;
  private final LeaseKeeper leases;
  private final Decisions decisions;
  private final OutboxSettings settings;
  private final String owner;
  private final InstantSource clock;

  Upkeep(
      OutboxStore store,
      LeaseKeeper leases,
      Decisions decisions,
      OutboxSettings settings,
      String owner,
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
    Map<String, OutboxEntry> left = new LinkedHashMap<>();
    for (OutboxEntry entry : store.rows().list(Set.of(OutboxState.SENDING), Integer.MAX_VALUE)) {
      if (isEarlierSelf(entry.owner())) {
        left.put(entry.id(), entry);
      }
    }
    for (OutboxEntry entry : store.rows().silent()) {
      if (!mine.contains(entry.id())) {
        left.put(entry.id(), entry);
      }
    }
    List<OutboxEntry> recovered = new ArrayList<>();
    left.values().forEach(entry -> takeOver(entry).ifPresent(recovered::add));
    return List.copyOf(recovered);
  }

  private boolean isEarlierSelf(String other) {
    return !other.equals(owner) && node(other).equals(node(owner));
  }

  private static String node(String owner) {
    int slash = owner.lastIndexOf('/');
    return slash < 0 ? owner : owner.substring(0, slash);
  }

  private Optional<OutboxEntry> takeOver(OutboxEntry entry) {
    try {
      OutboxEntry taken =
          store.takeOver(entry, "its owner " + entry.owner() + " died", clock.instant());
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
   * Decides about entries whose fate is unknown, if somebody chose that nobody is asked.
   *
   * @param sentFolder says whether an account's Sent folder holds a message, by its Message-ID
   */
  void settleUnknown(BiPredicate<String, String> sentFolder) {
    if (settings.unknown() == UnknownPolicy.ASK) {
      return;
    }
    for (OutboxEntry entry : store.rows().list(Set.of(OutboxState.UNKNOWN), 1000)) {
      try {
        boolean isFound =
            settings.unknown() == UnknownPolicy.LOOK_THEN_RESEND
                && sentFolder.test(entry.account(), entry.messageId());
        if (isFound) {
          decisions.resolve(entry, Resolution.SENT);
        } else if (entry.attempts() <= MOST_RESENDS) {
          decisions.resolve(entry, Resolution.RESEND);
        }
      } catch (MailException e) {
        log.warn("outbox.unknown-kept id={} error={}", entry.id(), e.toString());
      }
    }
  }
}
