package io.waybill.jobs.step;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.JobException;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.step.CopyOutcome.Planned;
import io.waybill.jobs.step.CopyPlan.Leg;
import io.waybill.jobs.step.CopyPlan.Made;
import io.waybill.jobs.step.Selection.Selected;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.file.PathFilter;
import io.waybill.transfer.file.SettledFiles;
import io.waybill.transfer.file.SettledFiles.Look;
import io.waybill.transfer.file.SettledFiles.Verdict;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Carries out one copy outside of any job, with nothing but memory: the same plan and the same ways
 * as a step's, but each file's own trouble is kept and the others go on.
 */
public final class CopyRun {
  private final StepServices services;
  private final CancelScope scope;
  private final CopyListener listener;
  private final Waiting waiting;
  private volatile CopyOutcome outcome = CopyOutcome.nothing();

  /** Lets time pass. */
  @FunctionalInterface
  public interface Waiting {
    void pause(Duration time) throws InterruptedException;
  }

  /**
   * Prepares copies.
   *
   * @param scope ends them from outside
   * @param waiting used between two looks at a source
   */
  public CopyRun(StepServices services, CancelScope scope, CopyListener listener, Waiting waiting) {
    this.services = services;
    this.scope = scope;
    this.listener = listener;
    this.waiting = waiting;
  }

  /**
   * Copies.
   *
   * @throws TransferException if it cannot go on at all; what was copied before stays, and {@link
   *     #soFar} says what that is
   * @throws JobException if a source is not there, or the request makes no sense
   */
  public CopyOutcome execute(CopyRequest request) throws InterruptedException {
    outcome = CopyOutcome.nothing();
    Map<String, SourceIdentity> settled = new HashMap<>();
    if (request.settle().isPresent()) {
      settle(request, request.settle().get(), settled);
    }
    try (Sessions sessions = new Sessions(services, scope, request.link())) {
      if (TreeCopy.fits(request, sessions)) {
        new TreeCopy(request, sessions, scope, listener, outcome).run(CopyRun::isItsOwn);
      } else {
        oneByOne(request, sessions, settled);
      }
    }
    return outcome;
  }

  /** Returns what the copy came to until now, or until the exception that ended it. */
  public CopyOutcome soFar() {
    return outcome;
  }

  private void oneByOne(CopyRequest request, Sessions sessions, Map<String, SourceIdentity> settled)
      throws InterruptedException {
    try (CopyPlan plan = plan(request, sessions)) {
      SidecarCopy sidecars =
          new SidecarCopy(request.sidecars(), Optional.empty(), sessions, outcome);
      List<Leg> legs =
          plan.legs().stream()
              .filter(leg -> Selection.takes(request.filter(), leg.file().name()))
              .filter(leg -> request.settle().isEmpty() || settled.containsKey(name(leg)))
              .filter(leg -> isCopied(leg, sidecars))
              .map(leg -> bound(request, leg, settled))
              .toList();
      if (request.isMove()) {
        legs = sidecars.lastOf(legs);
      }
      listener.planned(legs.size(), legs.stream().mapToLong(leg -> size(leg.file())).sum());
      plan.leftOut().forEach(outcome::leftOut);
      plan.refused().stream()
          .filter(each -> takes(request.filter(), each))
          .forEach(each -> outcome.failed(each.place().toString(), each.isDirectory(), each.why()));
      makeDirectories(request, plan);
      for (Leg leg : legs) {
        TreeCopy.requireGoingOn(scope);
        one(request, leg, sidecars);
        listener.ended(leg.file().name(), size(leg.file()));
      }
    }
  }

  private static String name(Leg leg) {
    return leg.file().place().toString();
  }

  // what somebody else has listed has settled, as that was when it was listed
  private static Leg bound(CopyRequest request, Leg leg, Map<String, SourceIdentity> settled) {
    SourceIdentity version = settled.get(name(leg));
    if (version != null) {
      return leg.settled(version);
    }
    return request.listed().isPresent() ? leg.settled(SettledVersion.of(leg.file().entry())) : leg;
  }

  private boolean isCopied(Leg leg, SidecarCopy sidecars) {
    boolean isReplaced = sidecars.isReplaced(leg.file());
    if (isReplaced) {
      outcome.leftOut(
          new CopyOutcome.LeftOut(leg.file().place().toString(), CopyOutcome.Reason.SIDECAR));
    }
    return !isReplaced;
  }

  private static boolean takes(PathFilter filter, Selection.Refused refused) {
    return refused.isDirectory()
        ? Selection.enters(filter, refused.name())
        : Selection.takes(filter, refused.name());
  }

  private void makeDirectories(CopyRequest request, CopyPlan plan) throws InterruptedException {
    for (Made each : plan.directories()) {
      if (!request.isDryRun() && Selection.enters(request.filter(), each.name())) {
        TreeCopy.requireGoingOn(scope);
        try {
          each.make();
        } catch (TransferException e) {
          if (each.name().isEmpty() || !isItsOwn(e)) {
            throw e;
          }
          outcome.failed(each.place().toString(), true, e);
        }
      }
    }
  }

  private void one(CopyRequest request, Leg leg, SidecarCopy sidecars) {
    Optional<SettledVersion> version = SettledVersion.of(leg);
    try {
      if (version.filter(SettledVersion::isReplaced).isPresent()) {
        outcome.unsettled(name(leg));
      } else if (request.isDryRun()) {
        rehearse(request, leg);
      } else {
        copy(request, leg, sidecars, version);
      }
    } catch (SettledVersion.Doubt e) {
      outcome.failed(name(leg), e.failure());
    } catch (TransferException e) {
      if (!isItsOwn(e)) {
        throw e;
      }
      // one that changes while it is read is published by nobody, and has not settled
      boolean isUnsettled =
          e instanceof TransferException.Integrity
              && version.filter(SettledVersion::isReplaced).isPresent();
      if (isUnsettled) {
        outcome.unsettled(name(leg));
      } else {
        outcome.failed(name(leg), e);
      }
    }
  }

  // what would hit the next file just the same ends the copy
  private static boolean isItsOwn(TransferException e) {
    if (e instanceof TransferException.Refused refused) {
      return !refused.isTransient();
    }
    if (e instanceof TransferException.LocalFile local) {
      return !local.isDiskFull();
    }
    return e instanceof TransferException.NotFound
        || e instanceof TransferException.Integrity
        || e instanceof TransferException.Ambiguous;
  }

  private void copy(
      CopyRequest request, Leg leg, SidecarCopy sidecars, Optional<SettledVersion> version) {
    TransferOptions options =
        request.options().toBuilder()
            .listener(p -> listener.moved(leg.file().name(), p.bytes(), p.totalBytes()))
            .build();
    Optional<TransferReceipt> renamed =
        request.isMove() && request.sidecars().isOff()
            ? leg.route().rename(leg.file(), leg.isIntoDirectory(), options)
            : Optional.empty();
    if (renamed.isPresent()) {
      version.ifPresent(each -> each.requireMoved(leg.route().stat(leg.target())));
      outcome.add(renamed.get());
      outcome.moved();
      return;
    }
    Optional<FileEntry> before = Optional.empty();
    if (request.isMove()) {
      leg.route().requireElsewhere(leg.file(), leg.isIntoDirectory());
      before = leg.route().source(leg.file());
    }
    TransferReceipt receipt =
        sidecars.copy(leg.route(), leg.file(), leg.isIntoDirectory(), options);
    if (!leg.route().isHere()) { // else it was compared when it was opened
      version.ifPresent(SettledVersion::requireUnchanged);
    }
    outcome.add(receipt);
    if (before.isPresent()) {
      removeSource(leg, before.get());
    }
    String name = nameOf(receipt.target().path());
    if (options.targetPolicy() == TargetPolicy.RENAME
        && !name.equals(nameOf(leg.target().path()))) {
      outcome.renamed(leg.file().place().toString(), name);
    }
  }

  private void removeSource(Leg leg, FileEntry before) {
    try {
      leg.route().removeSource(leg.file(), before);
      outcome.moved();
    } catch (TransferException e) {
      if (!isItsOwn(e)) {
        throw e;
      }
      outcome.sourceLeft(name(leg), e);
    }
  }

  private static String nameOf(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private void rehearse(CopyRequest request, Leg leg) {
    boolean isEqual =
        request.options().targetPolicy() == TargetPolicy.SKIP_EQUAL
            && leg.route()
                .stat(leg.target())
                .filter(there -> isEqual(there, leg.file().entry()))
                .isPresent();
    outcome.planned(
        new Planned(leg.file().place().toString(), leg.target().toString(), size(leg.file())),
        isEqual);
  }

  private static boolean isEqual(FileEntry there, FileEntry source) {
    return there.isFile()
        && there.sizeBytes() == source.sizeBytes()
        && Objects.equals(there.modified(), source.modified());
  }

  private static CopyPlan plan(CopyRequest request, Sessions sessions) {
    Place target = request.target();
    if (!target.path().endsWith("/") && isDirectory(target, sessions)) {
      target = target.withPath(target.path() + "/");
    }
    return request.listed().isPresent()
        ? CopyPlan.of(request.sources().get(0), request.listed().get(), target, sessions)
        : CopyPlan.of(request.sources(), target, sessions);
  }

  private static boolean isDirectory(Place target, Sessions sessions) {
    if (target instanceof Place.Local local) {
      return Files.isDirectory(local.toPath());
    }
    if (target.path().isEmpty()) {
      return true;
    }
    return RemoteLook.at(sessions.to(target).orElseThrow(), target.path()).stream()
        .anyMatch(FileEntry::isDirectory);
  }

  private void settle(CopyRequest request, Duration time, Map<String, SourceIdentity> settled)
      throws InterruptedException {
    Look first = look(request);
    waiting.pause(time);
    Look second = look(request);
    Verdict verdict = new SettledFiles(time).decide(first, second);
    if (verdict instanceof Verdict.Usable usable) {
      usable
          .settled()
          .forEach(
              name -> settled.put(name, Objects.requireNonNull(second.files().get(name), name)));
      usable.waiting().forEach(outcome::unsettled);
    } else if (verdict instanceof Verdict.SuspiciousListing suspicious) {
      throw new JobException.Expectation(
          "the source held %d files, and %s later none: an unmounted disk or a lost share looks like this; nothing was copied"
              .formatted(suspicious.before(), time));
    }
  }

  private Look look(CopyRequest request) {
    Map<String, SourceIdentity> files = new LinkedHashMap<>();
    try (Sessions sessions = new Sessions(services, scope, request.link());
        CopyPlan plan = plan(request, sessions)) {
      for (Leg leg : plan.legs()) {
        if (Selection.takes(request.filter(), leg.file().name())) {
          requireTold(leg.file());
          files.put(name(leg), SettledVersion.of(leg.file().entry()));
        }
      }
    }
    return new Look(services.clock().instant(), files);
  }

  private static void requireTold(Selected file) {
    if (file.entry().sizeBytes() == FileEntry.UNKNOWN_SIZE && file.entry().modified().isEmpty()) {
      throw new JobException.Configuration(
          "settle compares sizes and times, and of %s the server tells neither; does the user need the permission list?"
              .formatted(file.place()));
    }
  }

  private static long size(Selected file) {
    return Math.max(0, file.entry().sizeBytes());
  }
}
