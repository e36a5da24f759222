package io.waybill.jobs.step;

import io.waybill.jobs.JobException;
import io.waybill.jobs.StepCall;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.step.ChecksumStep.Work;
import io.waybill.jobs.step.Selection.Selected;
import io.waybill.transfer.Digest;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.sidecar.SidecarName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One attempt of {@code checksum}, by the same ways as the verb. */
final class ChecksumAttempt implements ChecksumListener {
  private static final Logger LOG = LoggerFactory.getLogger(ChecksumAttempt.class);
  private static final int MOST_TOLD = 10_000;
  private final StepServices services;
  private final StepCall call;
  private final List<Map<String, Object>> files = new ArrayList<>();
  private long count;
  private long differing;
  private TransferException.@Nullable Integrity firstDiffering;
  private long failed;
  private String firstFailed = "";

  ChecksumAttempt(StepServices services, StepCall call) {
    this.services = services;
    this.call = call;
  }

  StepResult run(ChecksumStep step) throws InterruptedException {
    try (PlaceFiles places = new PlaceFiles(services, call.cancel(), LinkOptions.USUAL)) {
      for (FileSource source : step.from().from()) {
        for (Place each : places(step, source)) {
          TreeCopy.requireGoingOn(call.cancel());
          if (step.work() == Work.CHECK) {
            compare(each, places);
          } else {
            new Checksums(places, step.algorithm(), step.work() == Work.WRITE, this).run(each);
          }
        }
      }
    }
    requireRight();
    step.from().requireExpected(count);
    return new StepResult(Map.of("files", List.copyOf(files), "count", count), 0);
  }

  // a directory is walked over by whoever computes, and never listed as a whole
  private List<Place> places(ChecksumStep step, FileSource source) throws InterruptedException {
    if (source.isOneFile() || !Selection.isPattern(source.place())) {
      return List.of(source.place());
    }
    try (Sessions sessions = new Sessions(services, call.cancel())) {
      return step.from().find(source, sessions).files().stream().map(Selected::place).toList();
    }
  }

  // what the files are that it tells of, whoever compares them says
  private void compare(Place sidecar, PlaceFiles places) {
    try {
      new SidecarComparison(places, this).run(sidecar);
    } catch (TransferException.Integrity | TransferException.Refused e) {
      boolean isByItsName = SidecarName.algorithm(SidecarFinder.last(sidecar.path())).isPresent();
      if (e.isTransient() || isByItsName) {
        throw e;
      }
      throw new JobException.WrongContent(
          "%s; \"from\" of \"do: check\" names sidecars, as \"do: write\" makes them: %s.sha256"
              .formatted(e.getMessage(), sidecar),
          e);
    }
  }

  private void requireRight() {
    TransferException.@Nullable Integrity first = firstDiffering;
    if (first != null) {
      throw differing == 1
          ? first
          : new TransferException.Integrity(
              first.path(),
              first.expected(),
              first.actual(),
              "%s (and %d more of %d files)".formatted(first.getMessage(), differing - 1, count),
              first);
    }
    if (failed > 0) {
      throw new JobException.Partial(
          "%d of %d files could not be read: %s".formatted(failed, failed + count, firstFailed));
    }
  }

  @Override
  public void digest(String name, Digest digest) {
    tell(name, digest);
  }

  private void tell(String name, Digest digest) {
    count++;
    call.progress().moved(name, 0, -1);
    if (files.size() < MOST_TOLD) {
      Map<String, Object> plain = new LinkedHashMap<>();
      plain.put("name", name);
      plain.put("digest", digest.toString());
      files.add(plain);
    }
  }

  @Override
  public void compared(String name, Digest expected, Optional<Digest> actual, State state) {
    if (state == State.OK) {
      tell(name, expected);
      return;
    }
    if (state == State.UNREADABLE) {
      return; // is told as failed
    }
    count++;
    differing++;
    if (firstDiffering == null) {
      String has = actual.map(digest -> "has " + digest).orElse("is not there");
      firstDiffering =
          new TransferException.Integrity(
              name,
              expected.toString(),
              actual.map(Digest::toString).orElse("no file"),
              "%s must have %s, as its sidecar says, and %s".formatted(name, expected, has),
              null);
    }
  }

  @Override
  public void failed(String name, String why) {
    failed++;
    if (firstFailed.isEmpty()) {
      firstFailed = name + ": " + why;
    }
  }

  @Override
  public void note(String text) {
    LOG.info("event=checksum-note said=\"{}\"", text);
  }
}
