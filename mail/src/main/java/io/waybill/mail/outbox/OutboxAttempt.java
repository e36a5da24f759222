package io.waybill.mail.outbox;

import io.waybill.mail.Address;
import io.waybill.mail.DeliveryJournal;
import io.waybill.mail.FrozenSender;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSender;
import io.waybill.mail.RecipientResult;
import io.waybill.mail.Reply;
import io.waybill.mail.SendReport;
import io.waybill.mail.outbox.OutboxStore.Outcome;
import io.waybill.mail.outbox.OutboxStore.Tries;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one attempt for a claimed entry, and writes it down: before the final dot, on whose far
 * side everything is unknown, and when the answer is here.
 */
final class OutboxAttempt implements DeliveryJournal {
  private static final Logger log = LoggerFactory.getLogger(OutboxAttempt.class);

  private static final Duration FIRST_WAIT = Duration.ofSeconds(10);
  private static final Duration SHORTEST_ASKED = Duration.ofSeconds(5);
  private static final int MOST_SHORT_WAITS = 5;

  private final OutboxStore store;
  private final UnrecordedAnswers answers;
  private final InstantSource clock;
  private final OutboxEntry claim;
  private List<RecipientResult> written; // the last of which the database has said that it has it
  private boolean isUnsure; // whether it may have a later one

  OutboxAttempt(
      OutboxStore store, UnrecordedAnswers answers, InstantSource clock, OutboxEntry claim) {
    this.store = store;
    this.answers = answers;
    this.clock = clock;
    this.claim = claim;
    this.written = claim.recipients();
  }

  /**
   * Sends, and hands in what became of it; the caller waits for that, or lets the next attempt's
   * point of no return take it along.
   *
   * @throws MailException if nothing was sent; that is written down already, or kept until it is
   */
  OutboxAnswer send(FrozenSender sender) {
    SendReport report;
    try {
      report =
          sender.send(
              store.message(claim, claim.pending()),
              MailSender.defaultDeadline(claim.sizeBytes()),
              this);
    } catch (RuntimeException e) {
      release(e);
      throw e;
    } catch (Error e) {
      answers.giveUp(claim);
      throw e;
    }
    Outcome outcome = outcome(report);
    log.info(
        "outbox.attempted id={} state={} fence={}", claim.id(), outcome.state(), claim.fence());
    return answer(outcome);
  }

  private OutboxAnswer answer(Outcome outcome) {
    List<RecipientResult> before = before();
    return new OutboxAnswer(claim, () -> store.write(claim, before, outcome, clock.instant()));
  }

  @Override
  public void beforeFinalDot(List<RecipientResult> results) {
    writeDown(merged(results));
  }

  @Override
  public void answered(List<RecipientResult> results) {
    try {
      writeDown(merged(results));
    } catch (MailException.StoreFailed e) {
      // What follows is not to suffer, and the outcome is written again after it.
      log.warn("outbox.answer-waits id={} error={}", claim.id(), e.toString());
    }
  }

  private void writeDown(List<RecipientResult> known) {
    Outcome outcome = new Outcome(OutboxState.SENDING, known, null, null, Tries.of(claim));
    GroupCommit.Pending<Boolean> pending = store.write(claim, before(), outcome, clock.instant());
    isUnsure = true;
    pending.await();
    isUnsure = false;
    written = known;
  }

  /** What the rows of the recipients hold; empty where nobody can tell. */
  private List<RecipientResult> before() {
    return isUnsure ? List.of() : written;
  }

  private Outcome outcome(SendReport report) {
    List<RecipientResult> results = merged(report.recipients());
    OutboxState state = StateRule.of(results);
    String problem = problem(report, results);
    if (state != OutboxState.DEFERRED) {
      return new Outcome(state, results, problem, null, Tries.of(claim));
    }
    int deferrals = claim.deferrals() + 1;
    Instant next = clock.instant().plus(wait(deferrals, results));
    return new Outcome(state, results, problem, next, new Tries(claim.attempts(), deferrals));
  }

  /**
   * What a server asked for, or the schedule's wait where that is longer or none asked. That a
   * server asks for less is heeded a few times only: some ask so each time, for days.
   */
  private static Duration wait(int deferrals, List<RecipientResult> results) {
    Optional<Duration> asked = asked(results);
    Duration scheduled = StateRule.delayAfter(deferrals);
    if (asked.isEmpty()) {
      return scheduled;
    }
    Duration heeded = asked.get().compareTo(SHORTEST_ASKED) < 0 ? SHORTEST_ASKED : asked.get();
    return deferrals <= MOST_SHORT_WAITS || heeded.compareTo(scheduled) > 0 ? heeded : scheduled;
  }

  /** The longest wait that was asked for. */
  private static Optional<Duration> asked(List<RecipientResult> results) {
    Duration longest = Duration.ZERO;
    for (RecipientResult result : results) {
      Optional<Duration> asked =
          result.status() == RecipientResult.Status.DEFERRED
              ? result.reply().flatMap(Reply::retryAfter)
              : Optional.empty();
      if (asked.isPresent() && asked.get().compareTo(longest) > 0) {
        longest = asked.get();
      }
    }
    return longest.isZero() ? Optional.empty() : Optional.of(longest);
  }

  private static @Nullable String problem(SendReport report, List<RecipientResult> results) {
    List<String> all = new ArrayList<>(report.warnings());
    String problem = StateRule.problem(results);
    if (problem != null) {
      all.add(0, problem);
    }
    return all.isEmpty() ? null : String.join("; ", all);
  }

  /** Lets the entry wait as before it was claimed, without anything having been tried. */
  void giveBack() {
    Outcome outcome =
        new Outcome(
            StateRule.of(written),
            written,
            claim.lastError().orElse(null),
            claim.nextAttemptAt().orElse(null),
            new Tries(claim.attempts() - 1, claim.deferrals()));
    store.write(claim, before(), outcome, clock.instant());
  }

  /**
   * Lets the entry wait again: a {@link MailException} means that nothing was sent, however far the
   * journal had come. After anything else it is unknown if the dot was announced.
   */
  private void release(RuntimeException failure) {
    List<RecipientResult> truth = failure instanceof MailException ? claim.recipients() : written;
    Outcome outcome =
        new Outcome(
            StateRule.of(truth),
            truth,
            failure.getMessage(),
            nextAfter(failure).orElse(claim.nextAttemptAt().orElse(null)),
            Tries.of(claim));
    try {
      answers.record(answer(outcome));
    } catch (MailException e) {
      failure.addSuppressed(e);
    }
  }

  /** What failed in the middle of this message may be its own fault: others go first then. */
  private Optional<Instant> nextAfter(RuntimeException failure) {
    boolean isOfServer =
        failure instanceof MailException.ConnectFailed
            || failure instanceof MailException.TlsFailed
            || failure instanceof MailException.AuthenticationFailed
            || failure instanceof MailException.Held
            || failure instanceof MailException.Refused
            || failure instanceof MailException.Deferred
            || failure instanceof MailException.Cancelled;
    if (isOfServer) {
      return Optional.empty();
    }
    long factor = 1L << Math.min(claim.attempts() - 1, 5);
    return Optional.of(clock.instant().plus(FIRST_WAIT.multipliedBy(factor)));
  }

  private List<RecipientResult> merged(List<RecipientResult> news) {
    Map<Address, RecipientResult> latest = new HashMap<>();
    news.forEach(result -> latest.put(result.recipient(), result));
    return claim.recipients().stream()
        .map(result -> latest.getOrDefault(result.recipient(), result))
        .toList();
  }
}
