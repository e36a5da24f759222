package io.waybill.jobs.step;

import io.waybill.jobs.JobException;
import io.waybill.jobs.Rehearsal;
import io.waybill.jobs.StepCall;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TreeReceipt;
import io.waybill.transfer.sync.DeleteRefusal;
import io.waybill.transfer.sync.Sync;
import io.waybill.transfer.sync.SyncConflict;
import io.waybill.transfer.sync.SyncOptions;
import io.waybill.transfer.sync.SyncPlan;
import io.waybill.transfer.sync.SyncReceipt;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out {@code sync}; a repeated attempt plans anew, and finds equal what is there. */
final class SyncHandler implements StepHandler<SyncStep> {
  private static final Logger LOG = LoggerFactory.getLogger(SyncHandler.class);
  private static final int MOST_LINES = 100;
  private final StepServices services;

  SyncHandler(StepServices services) {
    this.services = services;
  }

  @Override
  public Rehearsal rehearse(SyncStep step, StepCall call) throws InterruptedException {
    try (PlaceFiles files = new PlaceFiles(services, call.cancel(), LinkOptions.at(step.rate()))) {
      SyncReceipt receipt =
          sync(
                  step,
                  files,
                  step.optionsAt(services.clock().instant()).toBuilder().dryRun(true).build())
              .run(files.copier(step.from(), step.to()));
      requireComplete(step, receipt);
      SyncPlan.Totals totals = receipt.plan().totals();
      return Rehearsal.of(
          "would copy %d files and delete %d; %d are equal"
              .formatted(totals.copies(), totals.deletes(), totals.equal()),
          receipt
              .plan()
              .lines()
              .limit(Rehearsal.MOST_ITEMS)
              .map(line -> Map.<String, Object>of("text", line))
              .toList());
    }
  }

  private Sync sync(SyncStep step, PlaceFiles files, SyncOptions options) {
    boolean reads = options.compare() == SyncOptions.Compare.DIGEST;
    return new Sync(
        files.side(step.from(), step.isHere(), reads),
        files.side(step.to(), step.isHere(), reads),
        options,
        services.clock());
  }

  @Override
  public StepResult execute(SyncStep step, StepCall call) throws InterruptedException {
    try (PlaceFiles files = new PlaceFiles(services, call.cancel(), LinkOptions.at(step.rate()))) {
      SyncOptions options =
          step.optionsAt(services.clock().instant()).toBuilder()
              .listener(p -> call.progress().moved(p.file(), p.bytes(), p.totalBytes()))
              .build();
      Sync sync = sync(step, files, options);
      SyncPlan plan = sync.plan();
      plan.lines().limit(MOST_LINES).forEach(line -> LOG.info("event=sync-plan {}", line));
      SyncReceipt receipt = sync.carryOut(plan, files.copier(step.from(), step.to()));
      if (Thread.interrupted()) {
        throw new InterruptedException("ended in the middle of a sync");
      }
      for (TreeReceipt.Failure each : receipt.failures()) {
        call.progress().fileFailed(name(step, each), String.valueOf(each.cause().getMessage()));
      }
      requireComplete(step, receipt);
      return result(receipt);
    }
  }

  // what the next attempt may mend is thrown as it is, so that there is one
  private static void requireComplete(SyncStep step, SyncReceipt receipt) {
    receipt.failures().stream()
        .map(TreeReceipt.Failure::cause)
        .filter(TransferException::isTransient)
        .findFirst()
        .ifPresent(
            cause -> {
              throw cause;
            });
    String done = done(receipt);
    if (receipt.failed() > 0) {
      String why =
          "%d files or directories failed: %s; %s"
              .formatted(
                  receipt.failed(),
                  receipt.failures().stream()
                      .map(each -> name(step, each) + ": " + each.cause().getMessage())
                      .findFirst()
                      .orElse(""),
                  done);
      throw isAnythingThere(receipt)
          ? new JobException.Partial(why)
          : new TransferException.Refused(0, false, why, null);
    }
    if (receipt.refusal().isPresent()) {
      DeleteRefusal refusal = receipt.refusal().get();
      throw new TransferException.Refused(0, false, refusal.message() + "; " + done, null);
    }
    List<String> inTheWay = new ArrayList<>();
    for (SyncConflict each : receipt.plan().conflicts()) {
      if (each.kind().blocks()) {
        inTheWay.add(each.text());
      }
    }
    if (!inTheWay.isEmpty()) {
      throw new JobException.Partial(
          "%d files or directories are in the way: %s; %s"
              .formatted(inTheWay.size(), inTheWay.get(0), done));
    }
  }

  private static boolean isAnythingThere(SyncReceipt receipt) {
    SyncReceipt.Counts counts = receipt.counts();
    return counts.copied() + counts.renamed() + counts.deleted() + receipt.plan().totals().equal()
        > 0;
  }

  // below both places; of the target itself the path is empty
  private static String name(SyncStep step, TreeReceipt.Failure failure) {
    return failure.path().isEmpty() ? step.to().location() : failure.path();
  }

  private static String done(SyncReceipt receipt) {
    return "of %d to copy %d were copied, of %d to delete %d were deleted"
        .formatted(
            receipt.plan().totals().copies(),
            receipt.counts().copied(),
            receipt.refusal().map(DeleteRefusal::files).orElse(receipt.plan().totals().deletes()),
            receipt.counts().deleted());
  }

  private static StepResult result(SyncReceipt receipt) {
    SyncPlan.Totals totals = receipt.plan().totals();
    SyncReceipt.Counts counts = receipt.counts();
    Map<String, Object> outputs = new LinkedHashMap<>();
    outputs.put("to-copy", totals.copies());
    outputs.put("to-delete", totals.deletes());
    outputs.put("plan", receipt.plan().lines().limit(MOST_LINES).toList());
    outputs.put("copied", counts.copied());
    outputs.put("renamed", counts.renamed());
    outputs.put("deleted", counts.deleted());
    outputs.put("equal", totals.equal());
    outputs.put("bytes", counts.bytes());
    return new StepResult(outputs, counts.bytes());
  }
}
