package io.waybill.jobs.step;

import io.waybill.jobs.JobException;
import io.waybill.jobs.StepCall;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.archive.ArchiveMember;
import io.waybill.jobs.archive.ArchiveRefusedException;
import io.waybill.jobs.archive.BrokenArchiveException;
import io.waybill.jobs.archive.Packing;
import io.waybill.jobs.archive.PartClaim;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.file.LocalFailures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** One attempt of {@code archive}; a repeated one makes the same archive again. */
final class ArchiveAttempt {
  private final StepServices services;
  private final StepCall call;

  ArchiveAttempt(StepServices services, StepCall call) {
    this.services = services;
    this.call = call;
  }

  StepResult run(ArchiveStep step) throws InterruptedException {
    List<ArchiveMember> members = new ArrayList<>();
    List<String> leftOut = new ArrayList<>();
    Path target = step.to().toPath().toAbsolutePath();
    try (Sessions sessions = new Sessions(services, call.cancel())) {
      for (FileSource source : step.from().from()) {
        add(step.from().find(source, sessions), source.place(), target, members, leftOut);
      }
    }
    long files = members.stream().filter(each -> !each.isDirectory()).count();
    step.from().requireExpected(files);
    try {
      Files.createDirectories(Objects.requireNonNull(target.getParent(), "a directory"));
      Packing.Packed packed =
          new Packing(target, step.format(), claim(call, target), name -> working(call, name))
              .pack(members);
      return result(step, packed, files, leftOut);
    } catch (CancelledWork e) {
      throw new InterruptedException(e.getMessage());
    } catch (IOException e) {
      throw translated(target, e);
    }
  }

  // the archive itself, which may lie in what is packed, is no member of it
  private static void add(
      Selection found,
      Place source,
      Path target,
      List<ArchiveMember> members,
      List<String> leftOut) {
    if (!found.refused().isEmpty()) {
      throw found.refused().get(0).why();
    }
    found.leftOut().forEach(each -> leftOut.add(each.path()));
    Set<String> withContent = new HashSet<>();
    for (Selection.Selected file : found.files()) {
      Path path = ((Place.Local) file.place()).toPath();
      addAbove(file.name(), withContent);
      if (!path.toAbsolutePath().equals(target)) {
        members.add(new ArchiveMember(file.name(), path, false));
      }
    }
    found.directories().forEach(each -> addAbove(each, withContent));
    for (String each : found.directories()) {
      if (!each.isEmpty() && !withContent.contains(each)) {
        Path path = ((Place.Local) source).toPath().resolve(each);
        members.add(new ArchiveMember(each, path, true));
      }
    }
  }

  private static void addAbove(String name, Set<String> directories) {
    for (int slash = name.indexOf('/'); slash > 0; slash = name.indexOf('/', slash + 1)) {
      directories.add(name.substring(0, slash));
    }
  }

  /** Returns whose parts of a target are in this attempt. */
  static PartClaim claim(StepCall call, Path target) {
    StepCall.AttemptId attempt = call.attempt();
    return new PartClaim(
        attempt.runId() + " " + attempt.stepId() + " " + target.toAbsolutePath(), attempt.number());
  }

  /** Tells of a file, and ends the work if it was cancelled. */
  static void working(StepCall call, String name) {
    call.progress().moved(name, 0, -1);
    if (call.cancel().cause().isPresent()) {
      throw new CancelledWork();
    }
  }

  /** Ends work in its middle, from where no {@link InterruptedException} comes. */
  static final class CancelledWork extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CancelledWork() {
      super("cancelled between two files of an archive");
    }
  }

  /** Turns what a failure of this machine or of an archive is into what callers see. */
  static RuntimeException translated(Path archive, IOException e) {
    if (e instanceof ArchiveRefusedException) {
      return new TransferException.Refused(
          0, false, "%s: %s; nothing was written".formatted(archive, e.getMessage()), e);
    }
    if (e instanceof BrokenArchiveException) {
      return new JobException.WrongContent(
          "%s: %s; nothing was written".formatted(archive, e.getMessage()), e);
    }
    return LocalFailures.translate(archive, e);
  }

  private static StepResult result(
      ArchiveStep step, Packing.Packed packed, long files, List<String> leftOut) {
    Map<String, Object> archive = new LinkedHashMap<>();
    archive.put("name", SidecarFinder.last(step.to().path()));
    archive.put("location", step.to().location());
    archive.put("size", packed.sizeBytes());
    archive.put("digest", packed.digest().toString());
    Map<String, Object> outputs = new LinkedHashMap<>();
    outputs.put("files", List.of(archive));
    outputs.put("count", files);
    outputs.put("bytes", packed.contentBytes());
    outputs.put("left-out", leftOut);
    return new StepResult(outputs, packed.contentBytes());
  }
}
