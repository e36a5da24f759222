package io.waybill.jobs.step;

import io.waybill.jobs.JobException;
import io.waybill.jobs.StepCall;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.step.Selection.Selected;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Carries out {@code copy}: list, select, then one file after another. */
final class TransferHandler implements StepHandler<CopyStep> {
  private final StepServices services;

  TransferHandler(StepServices services) {
    this.services = services;
  }

  @Override
  public StepResult execute(CopyStep step, StepCall call) throws InterruptedException {
    List<Map<String, Object>> files = new ArrayList<>();
    boolean intoDirectory = step.to().path().endsWith("/");
    if (step.from().size() > 1 && !intoDirectory) {
      throw new JobException.Configuration(
          "several sources need a directory as target: write \"" + step.to() + "/\"");
    }
    for (Place source : step.from()) {
      try (Route route = Route.open(source, step.to(), services, call.cancel())) {
        copyAll(step, route, files, call);
      }
    }
    if (files.size() < step.minFiles()) {
      throw new JobException.Expectation(
          "expected at least %d files in %s and found %d"
              .formatted(step.minFiles(), step.from(), files.size()));
    }
    return result(files);
  }

  private static void copyAll(
      CopyStep step, Route route, List<Map<String, Object>> files, StepCall call)
      throws InterruptedException {
    Selection selection = route.select();
    boolean intoDirectory = step.to().path().endsWith("/") || selection.isTree();
    for (Selected file : selection.files()) {
      if (Thread.interrupted()) {
        throw new InterruptedException("cancelled between two files");
      }
      String item = file.place() + " -> " + route.targetOf(file, intoDirectory);
      Optional<Map<String, Object>> done = call.journal().find(item);
      if (done.isPresent() && route.isStillThere(file, intoDirectory)) {
        files.add(done.get());
        continue;
      }
      TransferOptions options =
          TransferOptions.builder()
              .atLeast(step.atLeast())
              .listener(p -> call.progress().moved(file.name(), p.bytes(), p.totalBytes()))
              .build();
      Map<String, Object> receipt =
          plain(file, route.copy(file, intoDirectory, options), call.attempt().number());
      call.journal().done(item, receipt);
      files.add(receipt);
    }
  }

  private static StepResult result(List<Map<String, Object>> files) {
    long bytes = files.stream().mapToLong(file -> (Long) file.get("size")).sum();
    long skipped = files.stream().filter(file -> Boolean.TRUE.equals(file.get("skipped"))).count();
    Map<String, Object> outputs = new LinkedHashMap<>();
    outputs.put("files", List.copyOf(files));
    outputs.put("bytes", bytes);
    outputs.put("skipped", skipped);
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
