package io.waybill.jobs.step;

import io.waybill.jobs.Rehearsal;
import io.waybill.jobs.StepCall;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.step.CopyPlan.Leg;
import io.waybill.jobs.step.Selection.Selected;
import io.waybill.transfer.TransferException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds out which files a step would copy, move or delete: it lists them, as the step does. */
final class FileRehearsal {
  private static final SidecarCopy.Listener NOBODY =
      new SidecarCopy.Listener() {
        @Override
        public void unchecked(String file) {}

        @Override
        public void sidecarWritten() {}
      };

  private final StepServices services;
  private final StepCall call;

  FileRehearsal(StepServices services, StepCall call) {
    this.services = services;
    this.call = call;
  }

  Rehearsal copy(FileSelection from, FileTarget to, CopyTerms terms, AfterCopy after)
      throws InterruptedException {
    Sessions sessions = new Sessions(services, call.cancel(), LinkOptions.at(terms.rate()));
    try (CopyPlan plan = CopyPlan.of(from, to, sessions, place -> false)) {
      new SourceEnd(after, sessions).requireOutside(plan);
      from.requireExpected(plan.legs().size());
      SidecarCopy sidecars =
          new SidecarCopy(terms.sidecars(), Optional.of(terms.algorithm()), sessions, NOBODY);
      List<Map<String, Object>> items = new ArrayList<>();
      List<String> refused = new ArrayList<>();
      for (Selection.Refused each : plan.refused()) {
        refused.add(refused(each.place(), each.why(), items));
      }
      List<Selected> files = new ArrayList<>();
      for (Leg leg : plan.legs()) {
        if (Thread.interrupted()) {
          throw new InterruptedException("cancelled between two files");
        }
        if (sidecars.isReplaced(leg.file())) {
          continue; // one is written anew beside the target
        }
        Optional<TransferException> refusal = refusal(leg, sidecars);
        if (refusal.isPresent()) {
          refused.add(refused(leg.file().place(), refusal.get(), items));
        } else {
          files.add(leg.file());
          add(items, leg.file().place(), Map.of("to", leg.target().toString()), leg.file());
        }
      }
      String words = doing(after) + counted(files) + then(after);
      return refused.isEmpty()
          ? Rehearsal.of(words, items)
          : new Rehearsal(
              words + "; %d would be refused: %s".formatted(refused.size(), refused.get(0)),
              items,
              Optional.empty(),
              Optional.of(CopyAttempt.notAll("would not be", refused, files.size(), false)));
    }
  }

  // what the run would find out before it writes the file
  private static Optional<TransferException> refusal(Leg leg, SidecarCopy sidecars) {
    try {
      leg.route().requirePossible(leg.file(), leg.isIntoDirectory());
      sidecars.requireTold(leg.route(), leg.file(), leg.isIntoDirectory());
      return Optional.empty();
    } catch (TransferException e) {
      if (!CopyAttempt.isItsOwn(e)) {
        throw e; // with which the step would end
      }
      return Optional.of(e);
    }
  }

  private static String refused(
      Place place, TransferException why, List<Map<String, Object>> items) {
    String words = String.valueOf(why.getMessage());
    if (items.size() < Rehearsal.MOST_ITEMS) {
      items.add(Map.of("from", place.toString(), "refused", words));
    }
    return words;
  }

  private static void add(
      List<Map<String, Object>> items, Place from, Map<String, Object> more, Selected file) {
    if (items.size() < Rehearsal.MOST_ITEMS) {
      Map<String, Object> item = new LinkedHashMap<>();
      item.put("from", from.toString());
      item.putAll(more);
      item.put("size", size(file));
      items.add(item);
    }
  }

  private static String doing(AfterCopy after) {
    return after instanceof AfterCopy.Delete delete && delete.mayRename()
        ? "would move "
        : "would copy ";
  }

  private static String then(AfterCopy after) {
    if (after instanceof AfterCopy.MoveTo moveTo) {
      return ", and then move each source to " + moveTo.directory();
    }
    return after instanceof AfterCopy.Delete delete && !delete.mayRename()
        ? ", and then delete each source"
        : "";
  }

  Rehearsal delete(FileSelection from) throws InterruptedException {
    try (Sessions sessions = new Sessions(services, call.cancel())) {
      Map<String, Selected> found = new LinkedHashMap<>(); // two sources may hold one file
      for (FileSource source : from.from()) {
        from.find(source, sessions)
            .files()
            .forEach(file -> found.putIfAbsent(file.place().location(), file));
      }
      from.requireExpected(found.size());
      List<Selected> files = List.copyOf(found.values());
      return Rehearsal.of(
          "would delete " + counted(files),
          files.stream().limit(Rehearsal.MOST_ITEMS).map(FileRehearsal::item).toList());
    }
  }

  private static Map<String, Object> item(Selected file) {
    Map<String, Object> item = new LinkedHashMap<>();
    item.put("from", file.place().toString());
    item.put("size", size(file));
    return item;
  }

  /** Tells what was listed, which a run would list again. */
  static Rehearsal listed(StepResult result) {
    List<?> files = result.outputs().get("files") instanceof List<?> list ? list : List.of();
    List<Map<String, Object>> items = new ArrayList<>();
    for (Object each : files) {
      if (each instanceof Map<?, ?> file && items.size() < Rehearsal.MOST_ITEMS) {
        Map<String, Object> item = new LinkedHashMap<>();
        item.put("from", String.valueOf(file.get("location")));
        item.put("size", file.get("size") instanceof Long size ? size : 0L);
        items.add(item);
      }
    }
    long bytes = result.outputs().get("bytes") instanceof Long sum ? sum : 0;
    return new Rehearsal("lists " + counted(files.size(), bytes), items, Optional.of(result));
  }

  private static String counted(List<Selected> files) {
    return counted(files.size(), files.stream().mapToLong(FileRehearsal::size).sum());
  }

  private static String counted(int files, long bytes) {
    return "%d %s, %d bytes".formatted(files, files == 1 ? "file" : "files", bytes);
  }

  private static long size(Selected file) {
    return Math.max(0, file.entry().sizeBytes());
  }
}
