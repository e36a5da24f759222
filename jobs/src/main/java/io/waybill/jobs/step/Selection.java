package io.waybill.jobs.step;

import io.waybill.jobs.FileReference;
import io.waybill.jobs.JobException;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.WebQuery;
import io.waybill.transfer.file.NamePattern;
import io.waybill.transfer.file.PathFilter;
import io.waybill.transfer.file.SafePath;
import io.waybill.transfer.file.UnsafePathException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one {@code from} selects: one file, a directory's contents, or what matches a pattern.
 *
 * @param files in the listing's order
 * @param isTree whether names below the base are kept, so that the target must be a directory
 * @param leftOut what is neither a file nor a directory
 * @param refused what has a name that nobody could ask for
 * @param directories of a whole tree: itself, which is empty, and those below it, as files' names
 */
record Selection(
    List<Selected> files,
    boolean isTree,
    List<CopyOutcome.LeftOut> leftOut,
    List<Refused> refused,
    List<String> directories) {

  /**
   * Something that cannot be copied as it is called.
   *
   * @param name relative to what was selected
   */
  record Refused(Place place, String name, boolean isDirectory, TransferException why) {}

  /**
   * One file of a selection.
   *
   * @param place where it is
   * @param name relative to what was selected, with {@code /}; from a remote listing, so not to be
   *     trusted
   * @param entry its listing line
   * @param settled the only version that is to be copied; empty for any
   */
  record Selected(Place place, String name, FileEntry entry, Optional<SourceIdentity> settled) {
    Selected(Place place, String name, FileEntry entry) {
      this(place, name, entry, Optional.empty());
    }
  }

  /**
   * Looks a source up.
   *
   * @param session to the source's connection; null where it is on this machine
   * @throws JobException.NotFound if a file or directory that is named does not exist; a pattern
   *     may match nothing
   */
  static Selection of(Place source, @Nullable FileTransfer session) {
    Split split = Split.of(source.path());
    if (split.pattern() != null && isPattern(source)) {
      return matching(source.withPath(split.base()), split.pattern(), session);
    }
    FileEntry entry = stat(source, session);
    if (entry.isDirectory()) {
      Selection tree = tree(source, list(source, session, true));
      tree.directories().add(0, "");
      return tree;
    }
    return one(source, entry);
  }

  /**
   * Looks one file up that was found, whatever characters its name has; one that cannot be asked
   * for by its name is refused.
   *
   * @param session to the source's connection; null where it is on this machine
   * @throws JobException.NotFound if it does not exist, or is no file
   */
  static Selection ofFound(Place source, @Nullable FileTransfer session) {
    try {
      return one(source, stat(source, session));
    } catch (TransferException e) {
      if (e.failure() != TransferException.Failure.PERMANENT
          || source.path().chars().noneMatch(Character::isISOControl)) {
        throw e;
      }
      Refused refused = new Refused(source, lastSegment(source.path()), false, e);
      return new Selection(List.of(), false, List.of(), List.of(refused), List.of());
    }
  }

  /**
   * Returns the same without files that are not the version that is meant: each of them is refused.
   * Of a file at a server its size tells, as not all that is said of its time is the same.
   *
   * @param version of the files; empty for any
   */
  Selection only(Optional<SourceIdentity> version) {
    if (version.isEmpty()) {
      return this;
    }
    List<Selected> meant = new ArrayList<>();
    List<Refused> stillRefused = new ArrayList<>(refused);
    for (Selected file : files) {
      FileEntry now = file.entry();
      boolean isOther =
          version.get().sizeBytes() != Math.max(0, now.sizeBytes())
              || (file.place() instanceof Place.Local
                  && !version.get().modified().equals(now.modified()));
      if (isOther) {
        stillRefused.add(
            new Refused(file.place(), file.name(), false, replaced(file, version.get())));
      } else {
        meant.add(file);
      }
    }
    return new Selection(meant, isTree, leftOut, stillRefused, directories);
  }

  private static TransferException replaced(Selected file, SourceIdentity found) {
    return new TransferException.Refused(
        0,
        false,
        "%s was replaced since it was found: it was %s, and is %s now; what is there now is found by itself"
            .formatted(
                file.place(),
                SourceWords.of(found.sizeBytes(), found.modified()),
                SourceWords.of(file.entry().sizeBytes(), file.entry().modified())),
        null);
  }

  private static Selection one(Place source, FileEntry entry) {
    if (entry.kind() == FileEntry.Kind.LINK) {
      throw link(source);
    }
    if (!entry.isFile()) {
      throw new JobException.NotFound(
          source + " is " + (entry.isDirectory() ? "no file" : "neither a file nor a directory"));
    }
    return new Selection(
        List.of(new Selected(source, lastSegment(WebQuery.without(source.path())), entry)),
        false,
        List.of(),
        List.of(),
        List.of());
  }

  private static Selection matching(Place base, String pattern, @Nullable FileTransfer session) {
    NamePattern glob = pattern(base, pattern);
    boolean deep = pattern.contains("/") || pattern.contains("**");
    List<FileEntry> matched =
        list(base, session, deep).stream().filter(entry -> glob.matches(entry.path())).toList();
    Selection selection = tree(base, matched);
    selection.directories().clear(); // a pattern is for files
    if (!pattern.contains("**")) { // else what is in it matches, too
      matched.stream()
          .filter(FileEntry::isDirectory)
          .map(entry -> base.withPath(join(base.path(), entry.path())).toString())
          .map(path -> new CopyOutcome.LeftOut(path, CopyOutcome.Reason.DIRECTORY))
          .forEach(selection.leftOut()::add);
    }
    return selection;
  }

  private static NamePattern pattern(Place base, String text) {
    try {
      return NamePattern.ofShell(text);
    } catch (IllegalArgumentException e) {
      throw new JobException.Configuration(
          "%s is no pattern: %s".formatted(base.withPath(join(base.path(), text)), e.getMessage()),
          e);
    }
  }

  /**
   * Returns the files that match; then no directory is made for its own sake, as with a pattern.
   *
   * @param modifiedBefore only those, and none whose time is not known; empty for any
   * @throws InterruptedException if the attempt ends
   */
  Selection taking(FileMatch match, Optional<Instant> modifiedBefore) throws InterruptedException {
    if (match.isAll() && modifiedBefore.isEmpty()) {
      return this;
    }
    List<Selected> taken = new ArrayList<>();
    for (Selected file : files) {
      if (isOlder(file.entry(), modifiedBefore) && match.takes(file.name())) {
        taken.add(file);
      }
    }
    List<Refused> stillRefused = new ArrayList<>();
    for (Refused each : refused) {
      if (match.takes(each.name())) {
        stillRefused.add(each);
      }
    }
    return new Selection(taken, isTree, leftOut, stillRefused, List.of());
  }

  private static boolean isOlder(FileEntry entry, Optional<Instant> modifiedBefore) {
    return modifiedBefore.isEmpty()
        || entry.modified().filter(time -> time.isBefore(modifiedBefore.get())).isPresent();
  }

  /** Takes the files of a directory that was listed; their names are not trusted. */
  static Selection tree(Place base, List<FileEntry> entries) {
    List<Selected> files = new ArrayList<>();
    List<CopyOutcome.LeftOut> leftOut = new ArrayList<>();
    List<Refused> refused = new ArrayList<>();
    List<String> directories = new ArrayList<>();
    Set<String> refusedDirectories = new HashSet<>();
    for (FileEntry entry : entries) {
      if (isBelow(refusedDirectories, entry.path())) {
        continue; // told of once
      }
      Place place = base.withPath(join(base.path(), entry.path()));
      Optional<TransferException> refusal = refusal(entry.path());
      if (entry.kind() == FileEntry.Kind.LINK) {
        leftOut.add(new CopyOutcome.LeftOut(place.toString(), CopyOutcome.Reason.LINK));
      } else if (refusal.isPresent()) {
        refused.add(new Refused(place, entry.path(), entry.isDirectory(), refusal.get()));
        if (entry.isDirectory()) {
          refusedDirectories.add(entry.path());
        }
      } else if (entry.isFile()) {
        files.add(new Selected(place, entry.path(), entry));
      } else if (entry.isDirectory()) {
        directories.add(entry.path());
      } else {
        leftOut.add(new CopyOutcome.LeftOut(place.toString(), CopyOutcome.Reason.SPECIAL));
      }
    }
    return new Selection(files, true, leftOut, refused, directories);
  }

  /** Says whether a source is no name of a file or directory but a pattern. */
  static boolean isPattern(Place source) {
    return Split.of(source.path()).pattern() != null && !isName(source);
  }

  // a name that is there is meant, whatever characters it has; a web address' query is no pattern
  private static boolean isName(Place source) {
    return source.isLiteral()
        || (source instanceof Place.Local local
            ? LocalTree.stat(local.toPath()).isPresent()
            : WebQuery.isIn(source.path()));
  }

  /** Says whether a filter takes a file, and enters every directory above it. */
  static boolean takes(PathFilter filter, String file) {
    return filter.takesFile(file) && entersAbove(filter, file);
  }

  /** Says whether a filter enters a directory, and every one above it. */
  static boolean enters(PathFilter filter, String directory) {
    return directory.isEmpty() || (filter.enters(directory) && entersAbove(filter, directory));
  }

  private static boolean entersAbove(PathFilter filter, String path) {
    for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
      if (!filter.enters(path.substring(0, slash))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isBelow(Set<String> directories, String path) {
    for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
      if (directories.contains(path.substring(0, slash))) {
        return true;
      }
    }
    return false;
  }

  /** Returns why something cannot be copied as it is called; empty if it can. */
  static Optional<TransferException> refusal(String path) {
    try {
      SafePath.requireTellable(path);
      return Optional.empty();
    } catch (UnsafePathException e) {
      return Optional.of(
          new TransferException.Refused(0, false, String.valueOf(e.getMessage()), e));
    }
  }

  private static FileEntry stat(Place source, @Nullable FileTransfer session) {
    return (session == null
            ? LocalTree.stat(((Place.Local) source).toPath())
            : RemoteLook.at(session, source.path()))
        .orElseThrow(
            () ->
                isLink(source, session)
                    ? link(source)
                    : new JobException.NotFound("there is no " + source + asItself(source)));
  }

  private static String asItself(Place source) {
    return source.isLiteral() && FileReference.isPattern(source.path())
        ? "; what an expression has found is no pattern, and what stands there was looked for as a name"
        : "";
  }

  // with a slash at its end it is asked for as a directory, which a link is not
  private static boolean isLink(Place source, @Nullable FileTransfer session) {
    String bare = source.path().replaceFirst("/+$", "");
    return session != null
        && !bare.isEmpty()
        && !bare.equals(source.path())
        && session.stat(bare).filter(entry -> entry.kind() == FileEntry.Kind.LINK).isPresent();
  }

  private static JobException.NotFound link(Place source) {
    return new JobException.NotFound(
        source
            + " is a symbolic link, which the server does not follow; name the path that it leads to");
  }

  private static List<FileEntry> list(Place base, @Nullable FileTransfer session, boolean deep) {
    return session == null
        ? LocalTree.list(((Place.Local) base).toPath(), deep)
        : session.list(base.path(), deep);
  }

  private static String join(String base, String name) {
    return base.isEmpty() || base.endsWith("/") ? base + name : base + "/" + name;
  }

  private static String lastSegment(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** A path cut before its first segment that is a pattern. */
  private record Split(String base, @Nullable String pattern) {
    static Split of(String path) {
      int start = 0;
      while (start <= path.length()) {
        int end = path.indexOf('/', start);
        String segment = path.substring(start, end < 0 ? path.length() : end);
        if (FileReference.isPattern(segment)) {
          return new Split(path.substring(0, start), path.substring(start));
        }
        if (end < 0) {
          break;
        }
        start = end + 1;
      }
      return new Split(path, null);
    }
  }
}
