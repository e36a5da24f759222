package io.waybill.mail.outbox;

import io.waybill.mail.FrozenMessage;
import io.waybill.mail.FrozenSender;
import io.waybill.mail.MailException;
import io.waybill.mail.Message;
import io.waybill.mail.UnknownPolicy;
import io.waybill.mail.jdbc.MailSchema;
import io.waybill.mail.jdbc.Owner;
import io.waybill.mail.mime.ParsedMail;
import io.waybill.mail.mime.PreparedMessage;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps messages in a database from before the first attempt until every recipient has an answer.
 *
 * <p>A message is never sent twice by itself: it is claimed with a fencing token, its point of no
 * return is on disk before the final dot goes out, and from there to the written answer a crash
 * makes it {@link OutboxState#UNKNOWN}, which only {@link #resolve} leaves, or an {@link
 * UnknownPolicy} that somebody chose. Safe for use by several threads and, on a shared database, by
 * several processes. {@link OutboxDispatcher} sends in the background; {@link #deliver} sends one
 * entry now.
 */
public final class Outbox {
  private static final Logger log = LoggerFactory.getLogger(Outbox.class);

  private final OutboxStore store;
  private final OutboxSettings settings;
  private final Owner owner;
  private final Bounces bounces;
  private final Clock clock;
  private final RandomGenerator random = new SecureRandom();
  private final LeaseKeeper leases;
  private final UnrecordedAnswers answers;
  private final Decisions decisions;
  private final Upkeep upkeep;
  private final BackPressure pressure;
  private final List<Consumer<OutboxEntry>> listeners = new CopyOnWriteArrayList<>();
  private final List<Runnable> impatient = new CopyOnWriteArrayList<>();

  private Outbox(OutboxStore store, OutboxSettings settings, Owner owner, Clock clock) {
    this.store = store;
    this.settings = settings;
    this.owner = owner;
    this.clock = clock;
    this.leases = new LeaseKeeper(store, settings.lease(), () -> answers().recordAgain());
    this.answers = new UnrecordedAnswers(leases);
    this.decisions = new Decisions(store, clock, settings.expiry());
    this.upkeep = new Upkeep(store, leases, decisions, settings, owner, clock);
    this.pressure = new BackPressure(store.rows(), settings);
    this.bounces = store.bounces();
  }

  /**
   * Opens the outbox with the usual settings.
   *
   * @throws MailException.StoreFailed if the database refuses
   */
  public static Outbox open(DataSource dataSource, String owner, Clock clock) {
    return open(dataSource, owner, clock, OutboxSettings.defaults());
  }

  /**
   * Opens the outbox and brings its tables to the current version.
   *
   * @param owner who works here, as {@code node/incarnation}: a new incarnation of a node proves
   *     its earlier ones dead, so it differs with each start and the node's name is unique among
   *     processes
   * @throws MailException.StoreFailed if the database refuses
   */
  public static Outbox open(
      DataSource dataSource, String owner, Clock clock, OutboxSettings settings) {
    Owner self = new Owner(owner);
    MailSchema.migrate(dataSource);
    return new Outbox(new OutboxStore(dataSource, settings), settings, self, clock);
  }

  /**
   * Freezes a message and stores it, before any network; only {@link #deliver} sends it.
   *
   * @param dedupeKey 1 to 512 characters that name this mail, whatever retries or restarts happen
   * @throws MailException.InvalidMessage if the message or the key cannot be used
   * @throws MailException.ContentUnavailable if an attachment cannot be read
   * @throws MailException as {@link #enqueue(FrozenMessage, EnqueueRequest)}
   */
  public OutboxEntry enqueue(Message message, String dedupeKey) {
    return enqueue(message, EnqueueRequest.builder(dedupeKey).subject(message.subject()).build());
  }

  /**
   * Freezes a message and stores it, before any network.
   *
   * @throws MailException as {@link #enqueue(Message, String)}
   */
  public OutboxEntry enqueue(Message message, EnqueueRequest request) {
    Optional<OutboxEntry> earlier = store.rows().findByKey(request.dedupeKey());
    if (earlier.isPresent()) {
      return earlier.get();
    }
    try (PreparedMessage prepared = PreparedMessage.of(message, clock, random)) {
      return enqueue(prepared, request);
    }
  }

  /**
   * Stores a frozen message, before any network. When the key exists the earlier entry is returned
   * as it is and nothing is stored: the first message under a key wins. What was returned is on the
   * disk.
   *
   * @throws MailException.OutboxFull if as much waits as may
   * @throws MailException.StoreFailed if the database refuses
   */
  public OutboxEntry enqueue(FrozenMessage message, EnqueueRequest request) {
    try {
      pressure.admit(message.sizeBytes());
    } catch (MailException.OutboxFull e) {
      return store.rows().findByKey(request.dedupeKey()).orElseThrow(() -> e);
    }
    Instant now = clock.instant();
    OutboxEntry entry =
        store.insert(
            Ulid.at(now, random),
            request,
            message,
            now.plus(request.expiry().orElse(settings.expiry())),
            now);
    log.info(
        "outbox.enqueued id={} message-id={} bytes={}",
        entry.id(),
        entry.messageId(),
        entry.sizeBytes());
    listeners.forEach(each -> each.accept(entry));
    return entry;
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
  public OutboxEntry deliver(String id, FrozenSender sender) {
    OutboxEntry entry = require(id);
    if (entry.state().isFinal()) {
      return entry;
    }
    if (entry.state() == OutboxState.SENDING) {
      throw OutboxStore.taken(id); // what was read of it is not what its owner will have written
    }
    if (entry.expiresAt().filter(end -> !end.isAfter(clock.instant())).isPresent()) {
      return upkeep.expire(entry);
    }
    OutboxEntry claim = store.claim(entry, owner.name(), clock.instant());
    leases.keep(claim);
    answers.record(new OutboxAttempt(store, answers, clock, claim).send(sender));
    return require(id);
  }

  /** Returns an entry by its id. */
  public Optional<OutboxEntry> find(String id) {
    Optional<OutboxEntry> entry = store.rows().find(id);
    return entry.filter(each -> each.state().isFinal()).isPresent()
        ? entry.map(store.rows()::withBounces)
        : entry;
  }

  /** Returns an entry by the key under which it was enqueued. */
  public Optional<OutboxEntry> findByKey(String dedupeKey) {
    return store.rows().findByKey(dedupeKey);
  }

  /** Returns the oldest entries in these states, at most {@code limit}. */
  public List<OutboxEntry> list(Set<OutboxState> states, int limit) {
    return store.rows().list(states, limit);
  }

  /** Returns how much waits. */
  public OutboxLoad load() {
    return store.rows().load();
  }

  /**
   * Releases what earlier incarnations of this node left behind, and silent owners of other nodes,
   * and returns it: an entry caught before the final dot waits again, one caught from there on is
   * {@link OutboxState#UNKNOWN}.
   *
   * @throws MailException.StoreFailed if the database refuses
   */
  public List<OutboxEntry> recover() {
    return upkeep.recover();
  }

  /**
   * Makes an entry due now that waits, and tries those again who were refused or not reached in
   * time.
   *
   * @throws MailException.OutboxConflict if there is no such entry, it is being sent, or is in a
   *     state without anybody to try again
   */
  public OutboxEntry retry(String id) {
    OutboxEntry retried = decisions.retry(require(id));
    impatient.forEach(Runnable::run);
    return retried;
  }

  /**
   * Gives up an entry: whoever has not got it never will.
   *
   * @throws MailException.OutboxConflict if there is no such entry, it is being sent, or nothing of
   *     it waits
   */
  public OutboxEntry drop(String id) {
    return decisions.drop(require(id));
  }

  /**
   * Takes a message back that waits and that no server has answered about: its record goes too, and
   * its key can be used again.
   *
   * @return whether it was taken back; else it is as it was, and may be under way
   * @throws MailException.StoreFailed if the store fails
   */
  public boolean withdraw(String id) {
    Optional<OutboxEntry> found = find(id);
    boolean isUntouched =
        found
            .filter(
                entry ->
                    (entry.state() == OutboxState.QUEUED || entry.state() == OutboxState.DEFERRED)
                        && entry.recipients().stream()
                            .allMatch(result -> StateRule.wantsAttempt(result.status())))
            .isPresent();
    boolean isGone = isUntouched && store.withdraw(found.orElseThrow());
    if (isGone) {
      log.info("outbox.withdrawn id={} message-id={}", id, found.orElseThrow().messageId());
    }
    return isGone;
  }

  /**
   * Writes down who bounced, if a mail is a report about a message of this outbox: by that
   * message's Message-ID, or by the address that it was sent to ({@link
   * EnqueueRequest.Builder#taggedSender}). Nothing is sent or not sent because of it.
   *
   * @return the message's entry; empty if the mail is no such report
   */
  public Optional<OutboxEntry> recordBounce(ParsedMail mail) {
    return bounces.record(mail, clock.instant()).flatMap(this::find);
  }

  /** Returns the entries whose keys begin so, at most 200, the oldest first. */
  public List<OutboxEntry> findByKeyPrefix(String prefix) {
    if (!prefix.matches("[A-Za-z0-9/]+")) {
      throw new IllegalArgumentException("a prefix is of letters, digits and slashes");
    }
    return store.rows().findByKeyPrefix(prefix);
  }

  /**
   * Writes down what an operator found out about an entry that is {@link OutboxState#UNKNOWN}.
   *
   * @throws MailException.OutboxConflict if there is no such entry, or it is in another state
   */
  public OutboxEntry resolve(String id, Resolution resolution) {
    OutboxEntry resolved = decisions.resolve(require(id), resolution, Decisions.OPERATOR);
    impatient.forEach(Runnable::run);
    return resolved;
  }

  /**
   * Calls back, on the thread at work, when an entry was enqueued, or was there already.
   *
   * @return ends it
   */
  Runnable onEnqueued(Consumer<OutboxEntry> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /**
   * Calls back, on the thread at work, when an operator wants something sent now.
   *
   * @return ends it
   */
  Runnable onDemand(Runnable listener) {
    impatient.add(listener);
    return () -> impatient.remove(listener);
  }

  OutboxStore store() {
    return store;
  }

  Upkeep upkeep() {
    return upkeep;
  }

  LeaseKeeper leases() {
    return leases;
  }

  UnrecordedAnswers answers() {
    return answers;
  }

  String owner() {
    return owner.name();
  }

  Duration lease() {
    return settings.lease();
  }

  Clock clock() {
    return clock;
  }

  RandomGenerator random() {
    return random;
  }

  private OutboxEntry require(String id) {
    return store
        .rows()
        .find(id)
        .orElseThrow(() -> new MailException.OutboxConflict(id, "does not exist", false));
  }
}
