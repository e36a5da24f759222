package io.waybill.mail.outbox;

import io.waybill.mail.Address;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSender;
import io.waybill.mail.Message;
import io.waybill.mail.RecipientResult;
import io.waybill.mail.RecipientResult.Phase;
import io.waybill.mail.RecipientResult.Status;
import io.waybill.mail.SendReport;
import io.waybill.mail.mime.PreparedMessage;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps messages in a database from before the first attempt until every recipient has an answer.
 *
 * <p>A message is never sent twice by itself: it is claimed with a fencing token, its point of no
 * return is on disk before the final dot goes out, and from there to the written answer a crash
 * makes it {@link OutboxState#UNKNOWN}, which only {@link #resolve} leaves. Safe for use by several
 * threads and, on a shared database, by several processes.
 */
public final class Outbox {
  private static final Logger log = LoggerFactory.getLogger(Outbox.class);

  private final OutboxStore store;
  private final String owner;
  private final Clock clock;
  private final RandomGenerator random = new SecureRandom();
  private final Set<String> inFlight = ConcurrentHashMap.newKeySet();

  private Outbox(OutboxStore store, String owner, Clock clock) {
    this.store = store;
    this.owner = owner;
    this.clock = clock;
  }

  /**
   * Opens the outbox and brings its tables to the current version.
   *
   * @param owner who works here, as {@code node/incarnation}: a new incarnation of a node proves
   *     its earlier ones dead, so it differs with each start and the node's name is unique among
   *     processes
   * @throws MailException.StoreFailed if the database refuses
   */
  public static Outbox open(DataSource dataSource, String owner, Clock clock) {
    if (owner.isBlank() || owner.length() > 255) {
      throw new IllegalArgumentException("owner must have 1 to 255 characters");
    }
    MailSchema.migrate(dataSource);
    return new Outbox(new OutboxStore(dataSource), owner, clock);
  }

  /**
   * Freezes a message and stores it, before any network. When the key exists the earlier entry is
   * returned as it is and nothing is stored: the first message under a key wins.
   *
   * @param dedupeKey 1 to 512 characters that name this mail, whatever retries or restarts happen
   * @throws MailException.InvalidMessage if the message or the key cannot be used
   * @throws MailException.ContentUnavailable if an attachment cannot be read
   * @throws MailException.StoreFailed if the database refuses
   */
  public OutboxEntry enqueue(Message message, String dedupeKey) {
    if (dedupeKey.isBlank() || dedupeKey.length() > 512) {
      throw new MailException.InvalidMessage("dedupe key", -1, "must have 1 to 512 characters");
    }
    Optional<OutboxEntry> earlier = store.findByKey(dedupeKey);
    if (earlier.isPresent()) {
      return earlier.get();
    }
    try (PreparedMessage prepared = PreparedMessage.of(message, clock, random)) {
      String id = Ulid.at(clock.instant(), random);
      OutboxEntry entry = store.insert(id, dedupeKey, message.subject(), prepared, clock.instant());
      log.info(
          "outbox.enqueued id={} message-id={} bytes={}",
          entry.id(),
          entry.messageId(),
          entry.sizeBytes());
      return entry;
    }
  }

  /**
   * Makes one attempt now for every recipient that still wants one, and returns the entry after it.
   * An entry in a final state is returned untouched; one that is {@link OutboxState#UNKNOWN} is
   * never sent again here.
   *
   * @throws MailException.OutboxConflict if there is no such entry, or somebody else is at work on
   *     it
   * @throws MailException if nothing was sent because the server could not be talked to; the entry
   *     waits as before, with the reason kept
   */
  public OutboxEntry deliver(String id, MailSender sender) {
    OutboxEntry entry = require(id);
    if (entry.state().isFinal()) {
      return entry;
    }
    OutboxEntry claim = store.claim(entry, owner, clock.instant());
    inFlight.add(id);
    // An Error leaves the claim as it is: what is still true then, recover() finds out.
    try {
      return attempt(claim, sender);
    } finally {
      inFlight.remove(id);
    }
  }

  private OutboxEntry attempt(OutboxEntry claim, MailSender sender) {
    List<Address> pending = pending(claim);
    boolean[] pointOfNoReturn = new boolean[1];
    SendReport report;
    try {
      report =
          sender.send(
              store.message(claim, pending),
              MailSender.defaultDeadline(claim.sizeBytes()),
              results -> {
                store.update(claim, OutboxState.SENDING, merge(claim, results), null, now());
                store.syncToDisk();
                pointOfNoReturn[0] = true;
              });
    } catch (RuntimeException e) {
      keepFailure(claim, pointOfNoReturn[0], e);
      throw e;
    }
    List<RecipientResult> results = merge(claim, report.recipients());
    OutboxEntry settled =
        store.update(claim, StateRule.of(results), results, StateRule.problem(results), now());
    store.syncToDisk();
    log.info(
        "outbox.attempted id={} state={} fence={}", claim.id(), settled.state(), claim.fence());
    return settled;
  }

  private void keepFailure(OutboxEntry claim, boolean pointOfNoReturn, RuntimeException failure) {
    try {
      List<RecipientResult> results =
          pointOfNoReturn ? require(claim.id()).recipients() : claim.recipients();
      store.update(claim, StateRule.of(results), results, failure.getMessage(), now());
    } catch (MailException e) {
      failure.addSuppressed(e); // the claim stays; recover() releases it
    }
  }

  /** Returns an entry by its id. */
  public Optional<OutboxEntry> find(String id) {
    return store.find(id);
  }

  /** Returns an entry by the key under which it was enqueued. */
  public Optional<OutboxEntry> findByKey(String dedupeKey) {
    return store.findByKey(dedupeKey);
  }

  /** Returns the oldest entries in these states, at most {@code limit}. */
  public List<OutboxEntry> list(Set<OutboxState> states, int limit) {
    return store.list(states, limit);
  }

  /**
   * Releases what earlier incarnations of this node left behind, and returns it: an entry caught
   * before the final dot waits again, one caught from there on is {@link OutboxState#UNKNOWN}. To
   * be called once at start.
   *
   * @throws MailException.StoreFailed if the database refuses
   */
  public List<OutboxEntry> recover() {
    List<OutboxEntry> recovered = new ArrayList<>();
    for (OutboxEntry entry : store.list(Set.of(OutboxState.SENDING), Integer.MAX_VALUE)) {
      if (!isDead(entry)) {
        continue;
      }
      // Taking it over raises the fence: should the old owner still live, its writes no longer
      // count.
      OutboxEntry taken = store.takeOver(entry, owner, now());
      OutboxState state = StateRule.of(taken.recipients());
      recovered.add(
          store.update(
              taken, state, taken.recipients(), "its owner " + entry.owner() + " died", now()));
      log.warn("outbox.recovered id={} state={} dead-owner={}", entry.id(), state, entry.owner());
    }
    return List.copyOf(recovered);
  }

  private boolean isDead(OutboxEntry entry) {
    return node(entry.owner()).equals(node(owner)) && !inFlight.contains(entry.id());
  }

  private static String node(String owner) {
    int slash = owner.lastIndexOf('/');
    return slash < 0 ? owner : owner.substring(0, slash);
  }

  /**
   * Writes down what an operator found out about an entry that is {@link OutboxState#UNKNOWN}.
   *
   * @throws MailException.OutboxConflict if there is no such entry, or it is in another state
   */
  public OutboxEntry resolve(String id, Resolution resolution) {
    OutboxEntry entry = require(id);
    if (entry.state() != OutboxState.UNKNOWN) {
      throw new MailException.OutboxConflict(
          id, "is " + entry.state() + ": only UNKNOWN entries can be resolved", false);
    }
    Status status =
        switch (resolution) {
          case SENT -> Status.ACCEPTED;
          case RESEND -> Status.NOT_ATTEMPTED;
          case DROP -> Status.REJECTED;
        };
    List<RecipientResult> results =
        entry.recipients().stream()
            .map(
                result ->
                    result.status() == Status.UNKNOWN
                        ? RecipientResult.of(result.recipient(), status, Phase.DOT, null)
                        : result)
            .toList();
    OutboxEntry taken = store.takeOver(entry, owner, now());
    log.info("outbox.resolved id={} resolution={}", id, resolution);
    return store.update(
        taken, StateRule.of(results), results, "resolved by an operator: " + resolution, now());
  }

  private OutboxEntry require(String id) {
    return store
        .find(id)
        .orElseThrow(() -> new MailException.OutboxConflict(id, "does not exist", false));
  }

  private Instant now() {
    return clock.instant();
  }

  private static List<Address> pending(OutboxEntry entry) {
    return entry.recipients().stream()
        .filter(result -> StateRule.wantsAttempt(result.status()))
        .map(RecipientResult::recipient)
        .toList();
  }

  private static List<RecipientResult> merge(OutboxEntry entry, List<RecipientResult> news) {
    Map<Address, RecipientResult> latest = new HashMap<>();
    news.forEach(result -> latest.put(result.recipient(), result));
    return entry.recipients().stream()
        .map(result -> latest.getOrDefault(result.recipient(), result))
        .toList();
  }
}
