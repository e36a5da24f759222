package io.waybill.jobs.step;

import io.waybill.jobs.JobException;
import io.waybill.jobs.StepCall;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.json.Plain;
import io.waybill.jobs.step.Selection.Selected;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.TransferException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One attempt of {@code delete}: everything is listed and counted before the first file goes. */
final class DeleteAttempt {
  private final StepServices services;
  private final StepCall call;
  private final List<Map<String, Object>> files = new ArrayList<>();
  private final List<String> leftOut = new ArrayList<>();
  private final List<String> failed = new ArrayList<>();

  DeleteAttempt(StepServices services, StepCall call) {
    this.services = services;
    this.call = call;
  }

  StepResult run(FileSelection from) throws InterruptedException {
    try (Sessions sessions = new Sessions(services, call.cancel())) {
      EarlierFiles earlier = EarlierFiles.of(call.journal(), sessions);
      List<Selected> found = find(from, sessions, earlier);
      earlier.without(found.stream().map(DeleteAttempt::item));
      from.requireExpected(found.size() + earlier.count());
      earlier.settle(files, this::failed);
      files.forEach(this::tellDone);
      Optional<Instant> before = from.modifiedBefore(services.clock());
      for (Selected file : found) {
        TreeCopy.requireGoingOn(call.cancel());
        try {
          delete(file, before, sessions);
        } catch (TransferException.Refused | TransferException.LocalFile e) {
          if (e.isTransient()) {
            throw e;
          }
          failed(item(file), e.getMessage()); // a file's own trouble; the others go on
        }
      }
      if (!failed.isEmpty()) {
        throw new JobException.Partial(
            "%d of %d files were not deleted: %s%s"
                .formatted(
                    failed.size(),
                    failed.size() + files.size(),
                    failed.get(0),
                    failed.size() == 1 ? "" : " (and " + (failed.size() - 1) + " more)"));
      }
      return result();
    }
  }

  private List<Selected> find(FileSelection from, Sessions sessions, EarlierFiles earlier)
      throws InterruptedException {
    Map<String, Selected> found = new LinkedHashMap<>(); // two sources may hold one file
    for (FileSource source : from.from()) {
      try {
        Selection selection = from.find(source, sessions);
        selection.files().forEach(file -> found.putIfAbsent(item(file), file));
        selection.leftOut().forEach(each -> leftOut.add(each.path()));
        for (Selection.Refused each : selection.refused()) {
          if (source.isOneFile()) { // which somebody has named
            failed(each.place().location(), each.why().getMessage());
          } else {
            leftOut.add(each.place().toString());
          }
        }
      } catch (JobException.NotFound e) {
        if (!earlier.isTaken(source.place())) {
          throw e;
        }
      }
    }
    return List.copyOf(found.values());
  }

  private void failed(String source, @Nullable String why) {
    failed.add(String.valueOf(why));
    call.progress().fileFailed(source, String.valueOf(why));
  }

  private void tellDone(Map<String, Object> file) {
    call.progress().fileDone(Plain.text(file, "source"), "");
  }

  private static String item(Selected file) {
    return file.place().location();
  }

  // written down before, so that a later attempt knows why it is not there any more
  private void delete(Selected file, Optional<Instant> before, Sessions sessions) {
    if (before.isPresent() && !isOld(file, before.get(), sessions)) {
      return; // somebody has written it since it was listed
    }
    Map<String, Object> plain = ListStepType.plain(file);
    plain.put("source", file.place().location());
    FileItem ready = FileItem.of(FileItem.State.READY, file.entry(), plain);
    call.journal().done(item(file), ready.plain());
    if (isDeleted(file, sessions)) {
      files.add(plain);
      tellDone(plain);
    }
    call.journal().done(item(file), ready.at(FileItem.State.DONE).plain());
    call.progress()
        .moved(file.name(), Math.max(0, file.entry().sizeBytes()), file.entry().sizeBytes());
  }

  private static boolean isOld(Selected file, Instant before, Sessions sessions) {
    Optional<FileEntry> now =
        file.place() instanceof Place.Local local
            ? LocalTree.stat(local.toPath())
            : sessions.to(file.place()).orElseThrow().stat(file.place().path());
    return now.flatMap(FileEntry::modified).filter(time -> time.isBefore(before)).isPresent();
  }

  // false if somebody else was faster
  private static boolean isDeleted(Selected file, Sessions sessions) {
    try {
      if (file.place() instanceof Place.Local local) {
        LocalTree.delete(local.toPath());
      } else {
        sessions.to(file.place()).orElseThrow().delete(file.place().path());
      }
      return true;
    } catch (JobException.NotFound | TransferException.NotFound e) {
      return false;
    }
  }

  private StepResult result() {
    long bytes = files.stream().mapToLong(file -> (Long) file.get("size")).sum();
    Map<String, Object> outputs = new LinkedHashMap<>();
    outputs.put("files", List.copyOf(files));
    outputs.put("bytes", bytes);
    outputs.put("left-out", List.copyOf(leftOut));
    return new StepResult(outputs, 0);
  }
}
