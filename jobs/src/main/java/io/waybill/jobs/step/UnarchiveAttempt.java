package io.waybill.jobs.step;

import io.waybill.jobs.JobException;
import io.waybill.jobs.StepCall;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.archive.ArchiveFormat;
import io.waybill.jobs.archive.Unpacking;
import io.waybill.jobs.archive.Unpacking.UnpackedFile;
import io.waybill.jobs.json.Plain;
import io.waybill.jobs.step.Selection.Selected;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One attempt of {@code unarchive}. What an archive holds is written down before its directory gets
 * its name, so that a later attempt knows the directory as its own work.
 */
final class UnarchiveAttempt {
  private final StepServices services;
  private final StepCall call;
  private final List<Map<String, Object>> files = new ArrayList<>();
  private final List<String> directories = new ArrayList<>();

  UnarchiveAttempt(StepServices services, StepCall call) {
    this.services = services;
    this.call = call;
  }

  /** An archive and the directory that it becomes. */
  private record Work(Path archive, ArchiveFormat format, Path target) {}

  StepResult run(UnarchiveStep step) throws InterruptedException {
    List<Work> all = new ArrayList<>();
    try (Sessions sessions = new Sessions(services, call.cancel())) {
      for (FileSource source : step.from().from()) {
        Selection found = step.from().find(source, sessions);
        if (!found.refused().isEmpty()) {
          throw found.refused().get(0).why();
        }
        found.files().forEach(file -> all.add(work(step, file)));
      }
    }
    step.from().requireExpected(all.size());
    requireOneForEachTarget(all);
    for (Work each : all) {
      TreeCopy.requireGoingOn(call.cancel());
      one(step, each);
    }
    Map<String, Object> outputs = new LinkedHashMap<>();
    long bytes = files.stream().mapToLong(file -> Plain.number(file, "size")).sum();
    outputs.put("files", List.copyOf(files));
    outputs.put("directories", List.copyOf(directories));
    outputs.put("bytes", bytes);
    return new StepResult(outputs, bytes);
  }

  private static Work work(UnarchiveStep step, Selected file) {
    String name = SidecarFinder.last(file.name());
    ArchiveFormat format =
        step.format()
            .or(() -> ArchiveFormat.of(name))
            .orElseThrow(
                () ->
                    new JobException.Configuration(
                        "the name of %s tells no kind of archive; give \"format\""
                            .formatted(file.place())));
    String directory =
        step.to().naming().isPresent()
            ? SidecarFinder.last(step.to().renamed(file).name())
            : ArchiveFormat.stem(name);
    Path archive = ((Place.Local) file.place()).toPath();
    return new Work(archive, format, ((Place.Local) step.to().place()).toPath().resolve(directory));
  }

  private static void requireOneForEachTarget(List<Work> all) {
    Set<Path> targets = new HashSet<>();
    for (Work each : all) {
      if (!targets.add(each.target())) {
        throw new JobException.Configuration(
            "two archives would become %s, one of them %s; nothing was unpacked, give them names of their own"
                .formatted(each.target(), each.archive()));
      }
    }
  }

  private void one(UnarchiveStep step, Work work) throws InterruptedException {
    String item = work.archive() + " -> " + work.target();
    Optional<Map<String, Object>> earlier = call.journal().find(item);
    boolean isDone =
        earlier.isPresent()
            && Files.isDirectory(work.target(), LinkOption.NOFOLLOW_LINKS)
            && !Unpacking.isLeft(work.target(), ArchiveAttempt.claim(call, work.target()));
    if (!isDone) {
      unpack(step, work, item);
    }
    Map<String, Object> unpacked = call.journal().find(item).orElseThrow();
    files.addAll(Plain.maps(unpacked, "files"));
    directories.add(work.target().toString());
  }

  private void unpack(UnarchiveStep step, Work work, String item) throws InterruptedException {
    Path target = work.target().toAbsolutePath();
    try {
      Files.createDirectories(((Place.Local) step.to().place()).toPath());
      new Unpacking(
              work.archive(),
              work.format(),
              step.limits(),
              ArchiveAttempt.claim(call, target),
              name -> ArchiveAttempt.working(call, name))
          .unpack(
              target,
              all ->
                  call.journal()
                      .done(
                          item,
                          Map.of("files", all.stream().map(each -> plain(work, each)).toList())));
    } catch (ArchiveAttempt.CancelledWork e) {
      throw new InterruptedException(e.getMessage());
    } catch (IOException e) {
      throw ArchiveAttempt.translated(work.archive(), e);
    }
  }

  private static Map<String, Object> plain(Work work, UnpackedFile file) {
    Map<String, Object> plain = new LinkedHashMap<>();
    plain.put("name", file.name());
    plain.put(
        "location", new Place.Local(work.target().resolve(file.name()).toString()).location());
    plain.put("size", file.sizeBytes());
    file.modified().ifPresent(time -> plain.put("modified", time.toString()));
    return plain;
  }
}
