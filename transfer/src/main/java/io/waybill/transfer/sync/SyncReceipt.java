package io.waybill.transfer.sync;

import io.waybill.transfer.TreeReceipt;
import io.waybill.transfer.Verification;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What came of carrying out a plan. */
public final class SyncReceipt {
  private final SyncPlan plan;
  private final boolean dryRun;
  private final Counts counts;
  private final Verification verification;
  private final long failed;
  private final List<TreeReceipt.Failure> failures;
  private final Optional<DeleteRefusal> refusal;
  private final Instant started;
  private final Duration duration;

  /**
   * How much was done of each.
   *
   * @param copied files that were copied
   * @param bytes what they have
   * @param bytesSent what of it travelled, as it was on the way
   * @param renamed files that got another name at the target
   * @param deleted files that were deleted at the target
   * @param timesSet files that only got another time
   * @param directoriesMade directories that were made
   * @param directoriesRemoved directories that were removed
   * @param directoriesKept directories that were not empty after all, and stay
   */
  public record Counts(
      long copied,
      long bytes,
      long bytesSent,
      long renamed,
      long deleted,
      long timesSet,
      long directoriesMade,
      long directoriesRemoved,
      long directoriesKept) {}

  SyncReceipt(
      SyncPlan plan,
      boolean dryRun,
      SyncTally tally,
      Optional<DeleteRefusal> refusal,
      Instant started,
      Duration duration) {
    this.plan = plan;
    this.dryRun = dryRun;
    this.counts = tally.counts();
    this.verification = tally.verification();
    this.failed = tally.failed();
    this.failures = tally.failures();
    this.refusal = refusal;
    this.started = started;
    this.duration = duration;
  }

  /** Returns what was to be done. */
  public SyncPlan plan() {
    return plan;
  }

  /** Says whether nothing was carried out because nothing should be. */
  public boolean dryRun() {
    return dryRun;
  }

  /** Returns how much was done of each. */
  public Counts counts() {
    return counts;
  }

  /**
   * Returns the least level of proof that every copied file has; {@link Verification#NONE} if there
   * was none.
   */
  public Verification verification() {
    return verification;
  }

  /** Returns how many files and directories failed, those that could not be looked at included. */
  public long failed() {
    return failed;
  }

  /** Returns the first {@link TreeReceipt#MOST_TOLD} failures. */
  public List<TreeReceipt.Failure> failures() {
    return failures;
  }

  /** Returns why nothing was deleted though something would have been. */
  public Optional<DeleteRefusal> refusal() {
    return refusal;
  }

  /** Returns when it began. */
  public Instant started() {
    return started;
  }

  /** Returns how long it took, the planning not included. */
  public Duration duration() {
    return duration;
  }

  /** Says whether nothing failed, was refused, or is left to people because it is in the way. */
  public boolean isComplete() {
    return failed == 0
        && refusal.isEmpty()
        && plan.conflicts().stream().noneMatch(each -> each.kind().blocks());
  }

  @Override
  public String toString() {
    return "SyncReceipt[dryRun=%s %s verification=%s failed=%d refusal=%s duration=%s]"
        .formatted(dryRun, counts, verification, failed, refusal, duration);
  }
}
