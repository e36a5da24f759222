package io.waybill.jobs.step;

import io.waybill.jobs.Rehearsal;
import io.waybill.jobs.StepCall;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.step.CopyPlan.Leg;
import io.waybill.jobs.step.Selection.Selected;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds out which files a step would copy, move or delete: it lists them, as the step does. */
final class FileRehearsal {
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
      List<Map<String, Object>> items = new ArrayList<>();
      for (Leg leg : plan.legs().stream().limit(Rehearsal.MOST_ITEMS).toList()) {
        Map<String, Object> item = new LinkedHashMap<>();
        item.put("from", leg.file().place().toString());
        item.put("to", leg.target().toString());
        item.put("size", size(leg.file()));
        items.add(item);
      }
      List<Selected> files = plan.legs().stream().map(Leg::file).toList();
      String refused =
          plan.refused().isEmpty()
              ? ""
              : "; %d cannot be copied: %s"
                  .formatted(plan.refused().size(), plan.refused().get(0).why().getMessage());
      return Rehearsal.of(doing(after) + counted(files) + then(after) + refused, items);
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
