package io.waybill.jobs.step;

import io.waybill.jobs.JobException;
import io.waybill.jobs.step.Selection.Selected;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.WebQuery;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a copy will do, before it does anything: every file with the way it goes. The ways stay open
 * until the plan is closed.
 */
final class CopyPlan implements AutoCloseable {
  private final Sessions sessions;
  private final List<Leg> legs = new ArrayList<>();
  private final List<CopyOutcome.LeftOut> leftOut = new ArrayList<>();
  private final List<Selection.Refused> refused = new ArrayList<>();
  private final List<Made> directories = new ArrayList<>();

  /**
   * One file's way.
   *
   * @param target where it goes; its name comes from a listing and is confined when it is written
   */
  record Leg(Route route, Selected file, boolean isIntoDirectory, Place target) {
    /** Returns what the file is called at its source, with the directories below what was named. */
    String ownName() {
      return SidecarFinder.join(
          SidecarFinder.parent(file.name()), SidecarFinder.last(SidecarFinder.path(file.place())));
    }

    /** Says whether it was found in a directory below what was named. */
    boolean isDeep() {
      return file.name().indexOf('/') >= 0;
    }

    /** Returns the same for one version of the file only. */
    Leg settled(SourceIdentity version) {
      Selected only = new Selected(file.place(), file.name(), file.entry(), Optional.of(version));
      return new Leg(route, only, isIntoDirectory, target);
    }
  }

  /**
   * A directory of a tree, which the target has too, be it empty.
   *
   * @param name relative to the tree; empty for the tree itself
   */
  record Made(Route route, Place source, String name) {
    /** Makes it; nothing if it is there. */
    void make() {
      route.makeDirectory(place(), name);
    }

    /** Returns where its like is at the source. */
    Place place() {
      return name.isEmpty() ? source : source.withPath(SidecarFinder.join(source.path(), name));
    }
  }

  private CopyPlan(Sessions sessions) {
    this.sessions = sessions;
  }

  /**
   * Lists every source.
   *
   * @param sessions closed with the plan, and if there is none
   * @throws JobException.Configuration if two sources would be written to one target
   */
  static CopyPlan of(List<Place> sources, Place target, Sessions sessions) {
    CopyPlan plan = new CopyPlan(sessions);
    try {
      requireDirectory(sources.size(), target);
      for (Place source : sources) {
        Route route = Route.open(source, target, sessions);
        plan.add(route, source, route.select(), new FileTarget(target, Optional.empty()));
      }
      plan.requireOneSourceForEachTarget();
      return plan;
    } catch (RuntimeException e) {
      plan.close();
      throw e;
    }
  }

  /**
   * Takes files of a directory that somebody else has listed.
   *
   * @param sessions closed with the plan, and if there is none
   */
  static CopyPlan of(Place source, List<FileEntry> files, Place target, Sessions sessions) {
    CopyPlan plan = new CopyPlan(sessions);
    try {
      plan.add(
          Route.open(source, target, sessions),
          source,
          Selection.tree(source, files),
          new FileTarget(target, Optional.empty()));
      return plan;
    } catch (RuntimeException e) {
      plan.close();
      throw e;
    }
  }

  /**
   * Lists what a step is about.
   *
   * @param sessions closed with the plan, and if there is none
   * @param isTaken says of a source that is not there that it was, and needs none any more
   * @throws JobException.Configuration if two sources would be written to one target
   * @throws InterruptedException if the attempt ends
   */
  static CopyPlan of(FileSelection from, FileTarget to, Sessions sessions, Predicate<Place> isTaken)
      throws InterruptedException {
    CopyPlan plan = new CopyPlan(sessions);
    try {
      requireDirectory(from.from().size(), to.place());
      for (FileSource source : from.from()) {
        Route route = Route.open(source.place(), to.place(), sessions);
        try {
          plan.add(route, source.place(), from.find(source, sessions), to);
        } catch (JobException.NotFound e) {
          if (!isTaken.test(source.place())) {
            throw e;
          }
        }
      }
      plan.requireOneSourceForEachTarget();
      return plan;
    } catch (RuntimeException | InterruptedException e) {
      plan.close();
      throw e;
    }
  }

  private static void requireDirectory(int sources, Place target) {
    if (sources > 1 && !WebQuery.without(target.path()).endsWith("/")) {
      throw new JobException.Configuration(
          "several sources need a directory as target: put a \"/\" at the end of " + target);
    }
  }

  private void add(Route route, Place source, Selection selection, FileTarget to) {
    Place target = to.place();
    boolean isDirectory = WebQuery.without(target.path()).endsWith("/");
    leftOut.addAll(selection.leftOut());
    refused.addAll(selection.refused());
    requireTarget(source, target, isDirectory, selection.isTree());
    selection.directories().forEach(name -> directories.add(new Made(route, source, name)));
    for (Selected each : selection.files()) {
      Selected file = to.renamed(each);
      boolean intoDirectory = isDirectory || selection.isTree();
      Place there = route.targetOf(file, intoDirectory);
      requireOther(file.place(), there);
      legs.add(new Leg(route, file, intoDirectory, there));
    }
  }

  // a file that is moved to itself would be replaced by its copy, and then deleted; two users of a
  // server may see it by the same name
  private static void requireOther(Place from, Place to) {
    if (from instanceof Place.Remote here
        && to instanceof Place.Remote there
        && here.isAtServerOf(there)
        && here.plainPath().equals(there.plainPath())) {
      throw new JobException.Configuration(
          "%s and %s are, or may be, the same file: name another target".formatted(from, to));
    }
  }

  // the names of files would be put behind it
  static void requireNoQuery(Place target) {
    if (WebQuery.isIn(target.path())) {
      throw new JobException.Configuration(
          "%s has a query, and names one file: name a file for each source".formatted(target));
    }
  }

  // said once, and not of each file
  static void requireTarget(Place source, Place target, boolean isDirectory, boolean isTree) {
    if (isDirectory || isTree) {
      requireNoQuery(target);
    }
    if ((isDirectory || isTree)
        && target instanceof Place.Local local
        && Files.isRegularFile(local.toPath())) {
      throw new TransferException.Refused(
          0,
          false,
          isTree
              ? "the target %s is a file, and %s is a directory or a pattern: name a directory as target"
                  .formatted(target, source)
              : "the target %s is a file: name a directory, or leave out the \"/\" at its end"
                  .formatted(target),
          null);
    }
  }

  private void requireOneSourceForEachTarget() {
    Map<String, Place> sources = new LinkedHashMap<>();
    for (Leg leg : legs) {
      Place earlier = sources.putIfAbsent(leg.target().toString(), leg.file().place());
      if (earlier != null) {
        throw new JobException.Configuration(
            "%s and %s would both be written to %s; nothing was copied, give them targets of their own"
                .formatted(earlier, leg.file().place(), leg.target()));
      }
    }
  }

  List<Leg> legs() {
    return legs;
  }

  /** Returns the directories of whole trees, parents before their children. */
  List<Made> directories() {
    return directories;
  }

  /** Returns what was found and is neither a file nor a directory: links, devices, sockets. */
  List<CopyOutcome.LeftOut> leftOut() {
    return leftOut;
  }

  /** Returns what was found and cannot be copied as it is called. */
  List<Selection.Refused> refused() {
    return refused;
  }

  @Override
  public void close() {
    sessions.close();
  }
}
