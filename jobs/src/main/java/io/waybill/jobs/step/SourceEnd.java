package io.waybill.jobs.step;

import io.waybill.jobs.JobException;
import io.waybill.jobs.step.CopyPlan.Leg;
import io.waybill.jobs.step.Selection.Selected;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import java.util.HashMap;
import java.util.Map;

/** Takes sources away that were copied. */
final class SourceEnd {
  /** Size and time prove too little of an equal target to take its source away by. */
  static final TargetPolicy POLICY = TargetPolicy.REPLACE;

  private final AfterCopy after;
  private final Sessions sessions;
  private final Map<Route, Route> away = new HashMap<>();

  SourceEnd(AfterCopy after, Sessions sessions) {
    this.after = after;
    this.sessions = sessions;
  }

  /**
   * Checks that what is moved away does not become a source again.
   *
   * @throws JobException.Configuration if it would
   */
  void requireOutside(CopyPlan plan) {
    if (!(after instanceof AfterCopy.MoveTo moveTo)) {
      return;
    }
    Place directory = moveTo.directory();
    for (CopyPlan.Made each : plan.directories()) {
      if (directory.isWithin(each.source())) {
        throw within(directory, each.source());
      }
    }
    for (Leg leg : plan.legs()) {
      Place source = leg.file().place();
      boolean isFoundAgain = leg.isDeep() && source.isWithin(directory);
      boolean isItself = source.isWithin(target(directory, leg));
      if (isFoundAgain || isItself) {
        throw within(directory, source);
      }
    }
  }

  private static JobException.Configuration within(Place directory, Place source) {
    return new JobException.Configuration(
        "\"move-to\" is %s, and what is moved there from %s would be copied again: name a directory outside of it, or take only files beside it, such as %s"
            .formatted(
                directory,
                source,
                source.withPath(
                    SidecarFinder.join(SidecarFinder.parent(SidecarFinder.path(source)), "*"))));
  }

  private static Place target(Place directory, Leg leg) {
    return directory.withPath(SidecarFinder.join(directory.path(), leg.ownName()));
  }

  /**
   * Looks at a source before it is copied.
   *
   * @throws TransferException.NotFound if it is not there any more
   */
  TakenSource look(Leg leg) {
    FileEntry before =
        leg.route()
            .source(leg.file())
            .orElseThrow(
                () ->
                    new TransferException.NotFound(
                        leg.file().place().toString(),
                        leg.file().place() + " was there, and is not any more",
                        null));
    return new TakenSource(before, () -> take(leg, before));
  }

  private void take(Leg leg, FileEntry before) {
    if (!(after instanceof AfterCopy.MoveTo moveTo)) {
      leg.route().removeSource(leg.file(), before);
      return;
    }
    leg.route().requireUnchanged(leg.file(), before);
    Route route =
        away.computeIfAbsent(
            leg.route(), key -> Route.open(leg.file().place(), moveTo.directory(), sessions));
    Selected file = new Selected(leg.file().place(), leg.ownName(), leg.file().entry());
    TransferOptions options = TransferOptions.builder().targetPolicy(POLICY).build();
    if (route.rename(file, true, options).isEmpty()) {
      route.requireElsewhere(file, true);
      route.copy(file, true, options);
      route.removeSource(file, before);
    }
  }
}
