package io.waybill.mail.inbox;

import io.waybill.mail.ContentSource;
import io.waybill.mail.MailException;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives messages to the handler, and has written down before that and after it what becomes of
 * them.
 */
final class Delivery {
  private static final Logger log = LoggerFactory.getLogger(Delivery.class);

  private final RemoteMailbox mailbox;
  private final MailLedger.Hold ledger;
  private final PollSpec spec;
  private final InboundHandler handler;
  private final InstantSource clock;
  private final Tally tally;

  Delivery(
      RemoteMailbox mailbox,
      MailLedger.Hold ledger,
      PollSpec spec,
      InboundHandler handler,
      InstantSource clock,
      Tally tally) {
    this.mailbox = mailbox;
    this.ledger = ledger;
    this.spec = spec;
    this.handler = handler;
    this.clock = clock;
    this.tally = tally;
  }

  /** A message, and what is known of it. */
  record Item(MailFacts facts, LedgerEntry entry) {}

  /** Gives messages that are begun together. */
  void deliver(List<Item> items, Map<Long, ContentSource> contents) {
    List<Item> there = new ArrayList<>();
    List<ContentSource> sources = new ArrayList<>();
    for (Item item : items) {
      ContentSource source = contents.get(item.facts().uid());
      if (source != null) { // else it is gone, as the next look shows
        there.add(item);
        sources.add(source);
      }
    }
    List<LedgerEntry> begun = there.stream().map(item -> item.entry().begun()).toList();
    ledger.begin(begun);
    int given = -1;
    try {
      for (Item item : there) {
        if (!mailbox.isAlive()) {
          // somebody ended it, and what is in memory would go on for long
          throw new MailException.ConnectionLost(
              item.facts().folder(), "handling", new IOException("the connection was closed"));
        }
        given++;
        give(item.facts(), begun.get(given), sources.get(given));
      }
    } finally {
      if (given + 1 < begun.size()) { // of the one at which it ended nothing is known
        ledger.giveBack(begun.subList(given + 1, begun.size()));
      }
    }
  }

  /** What the server lists and does not describe may be described later, and is not passed over. */
  void putOff(List<LedgerEntry> entries) {
    for (LedgerEntry entry : entries) {
      LedgerEntry begun = entry.begun();
      ledger.begin(List.of(begun));
      Answer answer = new Answer();
      answer.retryLater("the server lists it, and says nothing of it that can be read");
      LedgerEntry concluded = answer.conclude(begun, begun.identity(), spec, clock.instant());
      ledger.conclude(concluded);
      tally.count(concluded);
      log.warn("inbox.unreadable folder={} uid={}", spec.folder(), entry.uid());
      report("message " + entry.uid() + " of " + spec.folder(), concluded);
    }
  }

  private void give(MailFacts facts, LedgerEntry begun, ContentSource content) {
    try (InboundMail mail = new InboundMail(facts, content, spec.mimeLimits(), begun.attempts())) {
      Optional<String> named = mailbox.identity(facts);
      String identity = named.isPresent() ? named.get() : identity(content, facts);
      if (!isWanted(mail)) {
        ledger.forget(List.of(begun.uid()));
        return;
      }
      Answer answer = handle(mail);
      LedgerEntry concluded = answer.conclude(begun, identity, spec, clock.instant());
      ledger.conclude(concluded);
      tally.count(concluded);
      report(mail.toString(), concluded);
    } catch (IOException e) {
      // gone while it was looked at: there is nothing to handle
      log.debug("inbox.gone message={} error={}", facts.uid(), e.getMessage());
      ledger.giveBack(List.of(begun));
    }
  }

  private static String identity(ContentSource content, MailFacts facts) throws IOException {
    try (InputStream in = content.open()) {
      return Identity.of(in, facts.sizeBytes());
    }
  }

  /** What the server could not tell is looked at here. */
  private boolean isWanted(InboundMail mail) {
    return !spec.search().needsContent() || spec.search().matches(mail.mail());
  }

  private Answer handle(InboundMail mail) {
    Answer answer = new Answer();
    try {
      handler.handle(mail, answer);
    } catch (InterruptedException e) {
      // the thread's flag is set again when the ledger is done: it would break embedded databases
      throw new MailException.Cancelled(mail.toString(), "its handling", e);
    } catch (Exception | Error e) { // one message's error is not the others'
      if (!mailbox.isAlive()) {
        throw e instanceof MailException failure
            ? failure
            : new MailException.ConnectionLost(mail.toString(), "its handling", e);
      }
      log.warn("inbox.handler-failed message=\"{}\" attempt={}", mail, mail.deliveryAttempt(), e);
      answer.retryLater(e.toString());
    }
    return answer;
  }

  private static void report(String mail, LedgerEntry concluded) {
    switch (concluded.state()) {
      case QUARANTINED ->
          log.warn(
              "inbox.quarantined message=\"{}\" attempts={} why={}",
              mail,
              concluded.attempts(),
              concluded.lastError().orElse(""));
      default ->
          log.debug(
              "inbox.concluded message=\"{}\" state={} attempt={}",
              mail,
              concluded.state(),
              concluded.attempts());
    }
  }
}
