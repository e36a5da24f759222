package io.waybill.jobs.step;

import io.waybill.jobs.JobException;
import io.waybill.jobs.StepCall;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.step.CopyPlan.Leg;
import io.waybill.jobs.step.Selection.Selected;
import io.waybill.transfer.Digest;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Carries out {@code copy}: plan, then one file after another. */
final class TransferHandler implements StepHandler<CopyStep> {
  private final StepServices services;

  TransferHandler(StepServices services) {
    this.services = services;
  }

  @Override
  public StepResult execute(CopyStep step, StepCall call) throws InterruptedException {
    List<Map<String, Object>> files = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    Unchecked unchecked = new Unchecked();
    Sessions sessions = new Sessions(services, call.cancel());
    try (CopyPlan plan = CopyPlan.of(step.from(), step.to(), sessions)) {
      SidecarCopy sidecars =
          new SidecarCopy(
              step.sidecars(), Optional.of(Digest.Algorithm.SHA_256), sessions, unchecked);
      if (plan.legs().size() < step.minFiles()) {
        throw new JobException.Expectation(
            "expected at least %d files in %s and found %d; they may be late, or the path is wrong"
                .formatted(step.minFiles(), step.from(), plan.legs().size()));
      }
      plan.refused().forEach(each -> refused.add(each.why().getMessage()));
      makeEmpty(plan, refused);
      for (Leg leg : plan.legs()) {
        if (Thread.interrupted()) {
          throw new InterruptedException("cancelled between two files");
        }
        if (sidecars.isReplaced(leg.file())) {
          plan.leftOut()
              .add(
                  new CopyOutcome.LeftOut(
                      leg.file().place().toString(), CopyOutcome.Reason.SIDECAR));
          continue;
        }
        try {
          files.add(copy(step, leg, call, sidecars));
        } catch (TransferException.Refused | TransferException.NotFound e) {
          if (e.isTransient()) {
            throw e;
          }
          refused.add(e.getMessage()); // a file's own trouble; the others go on
        }
      }
      requireAll(files.size(), refused);
      return result(files, plan.leftOut(), unchecked.files);
    }
  }

  // those with files are made with them, and what is wrong with one is said of its files
  private static void makeEmpty(CopyPlan plan, List<String> refused) {
    Set<String> withFiles = new HashSet<>();
    for (Leg leg : plan.legs()) {
      String name = leg.file().name();
      for (int slash = name.indexOf('/'); slash > 0; slash = name.indexOf('/', slash + 1)) {
        withFiles.add(name.substring(0, slash));
      }
    }
    for (CopyPlan.Made each : plan.directories()) {
      if (!withFiles.contains(each.name())) {
        try {
          each.make();
        } catch (TransferException.Refused e) {
          if (e.isTransient()) {
            throw e;
          }
          refused.add(e.getMessage());
        }
      }
    }
  }

  /** Files that no sidecar tells of. */
  private static final class Unchecked implements SidecarCopy.Listener {
    private final List<String> files = new ArrayList<>();

    @Override
    public void unchecked(String file) {
      files.add(file);
    }

    @Override
    public void sidecarWritten() {}
  }

  private static void requireAll(int copied, List<String> refused) {
    if (refused.isEmpty()) {
      return;
    }
    String why =
        "%d of %d files were not copied: %s%s; mend that, rename them or leave them out of \"from\""
            .formatted(
                refused.size(),
                copied + refused.size(),
                refused.get(0),
                refused.size() == 1 ? "" : " (and " + (refused.size() - 1) + " more)");
    throw copied > 0
        ? new JobException.Partial(why)
        : new TransferException.Refused(0, false, why, null);
  }

  private static Map<String, Object> copy(
      CopyStep step, Leg leg, StepCall call, SidecarCopy sidecars) {
    String item = leg.file().place() + " -> " + leg.target();
    Optional<Map<String, Object>> done = call.journal().find(item);
    if (done.isPresent() && leg.route().isStillThere(leg.file(), leg.target())) {
      return done.get();
    }
    TransferOptions options =
        TransferOptions.builder()
            .atLeast(step.atLeast())
            .listener(p -> call.progress().moved(leg.file().name(), p.bytes(), p.totalBytes()))
            .build();
    TransferReceipt receipt =
        sidecars.copy(leg.route(), leg.file(), leg.isIntoDirectory(), options);
    Map<String, Object> plain = plain(leg.file(), receipt, call.attempt().number());
    call.journal().done(item, plain);
    return plain;
  }

  private static StepResult result(
      List<Map<String, Object>> files, List<CopyOutcome.LeftOut> leftOut, List<String> unchecked) {
    long bytes = files.stream().mapToLong(file -> (Long) file.get("size")).sum();
    long skipped = files.stream().filter(file -> Boolean.TRUE.equals(file.get("skipped"))).count();
    Map<String, Object> outputs = new LinkedHashMap<>();
    outputs.put("files", List.copyOf(files));
    outputs.put("bytes", bytes);
    outputs.put("skipped", skipped);
    outputs.put("unchecked", List.copyOf(unchecked));
    outputs.put("left-out", leftOut.stream().map(CopyOutcome.LeftOut::path).toList());
    return new StepResult(outputs, bytes);
  }

  private static Map<String, Object> plain(Selected file, TransferReceipt receipt, int attempt) {
    Map<String, Object> plain = new LinkedHashMap<>();
    plain.put("name", file.name());
    plain.put("path", receipt.target().toString());
    plain.put("size", receipt.bytes());
    receipt.digest().ifPresent(digest -> plain.put("digest", digest.toString()));
    plain.put("verified", receipt.verification().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    plain.put("resumed", receipt.bytesResumed());
    plain.put("reconnects", (long) receipt.reconnects());
    plain.put("attempt", (long) attempt);
    plain.put("tries", (long) receipt.attempts());
    plain.put("skipped", receipt.skippedBecauseEqual());
    plain.put("millis", receipt.duration().toMillis());
    return plain;
  }
}
