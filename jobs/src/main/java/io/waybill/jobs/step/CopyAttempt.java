package io.waybill.jobs.step;

import io.waybill.jobs.JobException;
import io.waybill.jobs.StepCall;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.json.Plain;
import io.waybill.jobs.step.CopyPlan.Leg;
import io.waybill.jobs.step.Selection.Selected;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One attempt of {@code copy} or {@code move}: plan, then one file after another. */
final class CopyAttempt {
  private final StepServices services;
  private final StepCall call;
  private final CopyTerms terms;
  private final AfterCopy after;
  private final List<Map<String, Object>> files = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();
  private final List<String> sourcesLeft = new ArrayList<>();
  private final Unchecked unchecked = new Unchecked();

  CopyAttempt(StepServices services, StepCall call, CopyTerms terms, AfterCopy after) {
    this.services = services;
    this.call = call;
    this.terms = terms;
    this.after = after;
  }

  StepResult run(FileSelection from, FileTarget to) throws InterruptedException {
    Sessions sessions = new Sessions(services, call.cancel(), LinkOptions.at(terms.rate()));
    EarlierFiles earlier =
        after.isKeep() ? EarlierFiles.NONE : EarlierFiles.of(call.journal(), sessions);
    try (CopyPlan plan = CopyPlan.of(from, to, sessions, earlier::isTaken)) {
      SidecarCopy sidecars =
          new SidecarCopy(terms.sidecars(), Optional.of(terms.algorithm()), sessions, unchecked);
      SourceEnd end = new SourceEnd(after, sessions);
      end.requireOutside(plan);
      earlier.without(plan.legs().stream().map(CopyAttempt::item));
      from.requireExpected(plan.legs().size() + earlier.count());
      plan.refused().forEach(each -> refused(each.place().location(), each.why().getMessage()));
      makeEmpty(plan);
      List<Map<String, Object>> there = new ArrayList<>();
      earlier.settle(there, this::refused);
      there.forEach(this::done);
      List<Leg> legs = after.isKeep() ? plan.legs() : sidecars.lastOf(plan.legs());
      for (Leg leg : legs) {
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
          one(leg, sidecars, end);
        } catch (TransferException e) {
          refused(leg.file().place().location(), e.getMessage());
          if (!isItsOwn(e)) {
            throw e;
          }
        }
      }
      requireAll();
      return result(plan.leftOut());
    }
  }

  // the others go on
  static boolean isItsOwn(TransferException e) {
    return (e instanceof TransferException.Refused || e instanceof TransferException.NotFound)
        && !e.isTransient();
  }

  private void refused(String source, @Nullable String why) {
    refused.add(String.valueOf(why));
    call.progress().fileFailed(source, String.valueOf(why));
  }

  private void done(Map<String, Object> file) {
    files.add(file);
    call.progress().fileDone(Plain.text(file, "source"), Plain.text(file, "location"));
  }

  // those with files are made with them, and what is wrong with one is said of its files
  private void makeEmpty(CopyPlan plan) {
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
          refused(each.place().location(), e.getMessage());
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

  private void requireAll() {
    if (!refused.isEmpty()) {
      throw notAll("were not", refused, files.size(), !sourcesLeft.isEmpty());
    }
    if (!sourcesLeft.isEmpty()) {
      throw new JobException.Partial(
          "all files were copied, and %d are still where they were, too: %s; mend that, the next run takes them away"
              .formatted(sourcesLeft.size(), first(sourcesLeft)));
    }
  }

  /** Returns what a copy ends with of which some files were, or would be, refused. */
  static RuntimeException notAll(String would, List<String> refused, int copied, boolean isAny) {
    String why =
        "%d of %d files %s copied: %s; mend that, rename them or leave them out of \"from\""
            .formatted(refused.size(), copied + refused.size(), would, first(refused));
    return copied == 0 && !isAny
        ? new TransferException.Refused(0, false, why, null)
        : new JobException.Partial(why);
  }

  private static String first(List<String> all) {
    return all.get(0) + (all.size() == 1 ? "" : " (and " + (all.size() - 1) + " more)");
  }

  /** Returns what a file is called in the journal. */
  static String item(Leg leg) {
    return leg.file().place() + " -> " + leg.target();
  }

  private void one(Leg leg, SidecarCopy sidecars, SourceEnd end) {
    String item = item(leg);
    Optional<Map<String, Object>> known = call.journal().find(item);
    if (after.isKeep()) {
      done(
          known
              .filter(each -> leg.route().isStillThere(leg.file(), leg.target()))
              .orElseGet(() -> copied(item, leg, sidecars)));
    } else {
      taken(item, known.map(FileItem::read), leg, sidecars, end);
    }
  }

  private Map<String, Object> copied(String item, Leg leg, SidecarCopy sidecars) {
    Map<String, Object> plain =
        plain(leg, sidecars.copy(leg.route(), leg.file(), leg.isIntoDirectory(), options(leg)));
    call.journal().done(item, plain);
    return plain;
  }

  // each line of the journal is written before what comes after it is done
  private void taken(
      String item, Optional<FileItem> known, Leg leg, SidecarCopy sidecars, SourceEnd end) {
    TakenSource source = end.look(leg);
    Optional<FileItem> there =
        known
            .filter(each -> each.state() == FileItem.State.READY)
            .filter(each -> each.isAbout(source.before()))
            .filter(each -> leg.route().isStillThere(leg.file(), leg.target()));
    if (there.isEmpty() && after instanceof AfterCopy.Delete delete && delete.mayRename()) {
      Optional<Map<String, Object>> renamed = renamed(item, leg, source);
      if (renamed.isPresent()) {
        done(renamed.get());
        return;
      }
    }
    FileItem copied = there.orElseGet(() -> copied(item, leg, source, sidecars));
    try {
      source.end();
    } catch (TransferException.Refused | TransferException.LocalFile e) {
      if (e.isTransient()) {
        throw e;
      }
      sourcesLeft.add(String.valueOf(e.getMessage()));
      call.progress()
          .fileFailed(
              leg.file().place().location(),
              "it was copied, and is still where it was, too: " + e.getMessage());
      return;
    }
    call.journal().done(item, copied.at(FileItem.State.DONE).plain());
    done(copied.file());
  }

  private FileItem copied(String item, Leg leg, TakenSource source, SidecarCopy sidecars) {
    leg.route().requireElsewhere(leg.file(), leg.isIntoDirectory());
    TransferReceipt receipt =
        sidecars.copy(leg.route(), leg.file(), leg.isIntoDirectory(), options(leg));
    FileItem copied = FileItem.of(FileItem.State.READY, source.before(), plain(leg, receipt));
    call.journal().done(item, copied.plain());
    return copied;
  }

  private Optional<Map<String, Object>> renamed(String item, Leg leg, TakenSource source) {
    if (!terms.sidecars().isOff()) {
      return Optional.empty();
    }
    FileItem begun = FileItem.of(FileItem.State.BEGUN, source.before(), plain(leg));
    call.journal().done(item, begun.plain());
    Optional<Map<String, Object>> renamed =
        leg.route()
            .rename(leg.file(), leg.isIntoDirectory(), options(leg))
            .map(receipt -> plain(leg, receipt));
    renamed.ifPresent(
        plain ->
            call.journal()
                .done(item, FileItem.of(FileItem.State.DONE, source.before(), plain).plain()));
    return renamed;
  }

  private TransferOptions options(Leg leg) {
    TransferOptions.Builder options =
        TransferOptions.builder()
            .atLeast(terms.atLeast())
            .listener(p -> call.progress().moved(leg.file().name(), p.bytes(), p.totalBytes()));
    if (!after.isKeep()) {
      options.targetPolicy(SourceEnd.POLICY);
    }
    return options.build();
  }

  private StepResult result(List<CopyOutcome.LeftOut> leftOut) {
    long bytes = files.stream().mapToLong(file -> (Long) file.get("size")).sum();
    long skipped = files.stream().filter(file -> Boolean.TRUE.equals(file.get("skipped"))).count();
    Map<String, Object> outputs = new LinkedHashMap<>();
    outputs.put("files", List.copyOf(files));
    outputs.put("bytes", bytes);
    outputs.put("skipped", skipped);
    outputs.put("unchecked", List.copyOf(unchecked.files));
    outputs.put("left-out", leftOut.stream().map(CopyOutcome.LeftOut::path).toList());
    return new StepResult(outputs, bytes);
  }

  private Map<String, Object> plain(Leg leg) {
    Selected file = leg.file();
    Map<String, Object> plain = new LinkedHashMap<>();
    plain.put("name", file.name());
    plain.put("location", leg.target().location());
    plain.put("path", leg.target().path());
    plain.put("source", file.place().location());
    plain.put("size", Math.max(0, file.entry().sizeBytes()));
    file.entry().modified().map(Instant::toString).ifPresent(time -> plain.put("modified", time));
    return plain;
  }

  private Map<String, Object> plain(Leg leg, TransferReceipt receipt) {
    Map<String, Object> plain = plain(leg);
    plain.put("path", receipt.target().toString());
    plain.put("size", receipt.bytes());
    receipt.digest().ifPresent(digest -> plain.put("digest", digest.toString()));
    plain.put("verified", receipt.verification().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    plain.put("resumed", receipt.bytesResumed());
    plain.put("reconnects", (long) receipt.reconnects());
    plain.put("attempt", (long) call.attempt().number());
    plain.put("tries", (long) receipt.attempts());
    plain.put("skipped", receipt.skippedBecauseEqual());
    plain.put("millis", receipt.duration().toMillis());
    return plain;
  }
}
