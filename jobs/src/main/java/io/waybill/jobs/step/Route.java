package io.waybill.jobs.step;

import io.waybill.jobs.JobException;
import io.waybill.jobs.step.Selection.Selected;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.file.DiskFullException;
import io.waybill.transfer.file.LocalCopy;
import io.waybill.transfer.file.LocalFailures;
import io.waybill.transfer.file.LocalMove;
import io.waybill.transfer.file.SafePath;
import io.waybill.transfer.file.UnsafePathException;
import io.waybill.transfer.remote.RemoteTransfer;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The way from one source to one target. Its sessions belong to {@link Sessions}. */
final class Route {
  private final Place source;
  private final Place target;
  private final @Nullable FileTransfer sourceSession;
  private final @Nullable FileTransfer targetSession;
  private final @Nullable Relaying relay;
  private final boolean isWithinOneServer;
  private final InstantSource clock;
  private final LocalCopy localCopy;
  private final LocalMove localMove;
  private final Elsewhere elsewhere;
  private final Set<String> madeDirectories = new HashSet<>();

  private Route(Place source, Place target, @Nullable Relaying relay, Sessions sessions) {
    this.source = source;
    this.target = target;
    this.relay = relay;
    this.sourceSession = sessions.to(source).orElse(null);
    this.targetSession = sessions.to(target).orElse(null);
    this.elsewhere = new Elsewhere(sourceSession, targetSession);
    this.isWithinOneServer = targetSession != null && targetSession.equals(sourceSession);
    this.clock = sessions.services().clock();
    this.localCopy = new LocalCopy(clock);
    this.localMove = new LocalMove(clock);
  }

  static Route open(Place source, Place target, Sessions sessions) {
    if (!(source instanceof Place.Remote from) || !(target instanceof Place.Remote to)) {
      return new Route(source, target, null, sessions);
    }
    return new Route(source, target, Relaying.between(from, to, sessions), sessions);
  }

  /** Says whether both ends are on this machine. */
  boolean isHere() {
    return source instanceof Place.Local && target instanceof Place.Local;
  }

  Selection select() {
    return Selection.of(source, sourceSession);
  }

  /**
   * Returns where a file goes; its name comes from a listing and is confined to the target when it
   * is written.
   */
  Place targetOf(Selected file, boolean intoDirectory) {
    if (!intoDirectory) {
      return target;
    }
    String base = target.path();
    return target.withPath(base.endsWith("/") ? base + file.name() : base + "/" + file.name());
  }

  /** Returns whether what an earlier attempt published is there with the size it had. */
  boolean isStillThere(Selected file, Place there) {
    return stat(there).filter(e -> e.sizeBytes() == file.entry().sizeBytes()).isPresent();
  }

  /** Looks at a place on the target's side. */
  Optional<FileEntry> stat(Place there) {
    return there instanceof Place.Local local
        ? LocalTree.stat(local.toPath())
        : required(targetSession).stat(there.path());
  }

  /**
   * Checks that a file would not be moved onto itself, by another name of its server.
   *
   * @throws JobException.Configuration if it would
   */
  void requireElsewhere(Selected file, boolean intoDirectory) {
    elsewhere.require(file.place(), targetOf(file, intoDirectory));
  }

  /** Looks at a source as it is now. */
  Optional<FileEntry> source(Selected file) {
    return file.place() instanceof Place.Local local
        ? LocalTree.stat(local.toPath())
        : required(sourceSession).stat(file.place().path());
  }

  /** Looks at a source as its directory's listing tells it; empty on this machine. */
  Optional<FileEntry> listed(Selected file) {
    if (!(file.place() instanceof Place.Remote)) {
      return Optional.empty();
    }
    String path = SidecarFinder.path(file.place());
    String name = SidecarFinder.last(path);
    return required(sourceSession).list(SidecarFinder.parent(path), false).stream()
        .filter(entry -> entry.path().equals(name))
        .findFirst();
  }

  /**
   * Deletes a source that was copied.
   *
   * @param before what it was before the copy
   * @throws TransferException.Integrity if it is not that any more; then it stays
   */
  void removeSource(Selected file, FileEntry before) {
    requireUnchanged(file, before);
    if (file.place() instanceof Place.Local local) {
      LocalTree.delete(local.toPath());
    } else {
      required(sourceSession).delete(file.place().path());
    }
  }

  /**
   * Checks that a source is what it was before it was copied.
   *
   * @throws TransferException.Integrity if it is not that any more
   */
  void requireUnchanged(Selected file, FileEntry before) {
    Optional<FileEntry> now = source(file);
    if (!SourceWords.isSame(Optional.of(before), now)) {
      throw new TransferException.Integrity(
          file.place().toString(),
          SourceWords.of(Optional.of(before)),
          SourceWords.of(now),
          "%s changed after it was copied, so it was not deleted; look at it, what was copied is at %s"
              .formatted(file.place(), target),
          null);
    }
  }

  /**
   * Moves a file by renaming it; empty, with nothing done, if it has to be copied.
   *
   * @throws TransferException as {@link LocalMove#rename} does
   */
  Optional<TransferReceipt> rename(Selected file, boolean intoDirectory, TransferOptions options) {
    if (isWithinOneServer && options.expected().isEmpty()) {
      Place to = targetOf(file, intoDirectory);
      makeRemote(parent(to.path()));
      return required(targetSession) instanceof RemoteTransfer server
          ? server.move(file.place().path(), to.path(), options)
          : HubMove.rename(
              required(targetSession),
              (Place.Remote) file.place(),
              (Place.Remote) to,
              file.entry(),
              clock);
    }
    if (!(target instanceof Place.Local) || !(file.place() instanceof Place.Local from)) {
      return Optional.empty();
    }
    return localMove.rename(
        from.toPath(),
        localTarget(file, intoDirectory),
        options,
        opened -> SettledVersion.requireSettled(file, opened));
  }

  /**
   * Checks, without anything being written, what is known beforehand to keep a file from being
   * written.
   *
   * @throws TransferException as {@link #copy} does then
   */
  void requirePossible(Selected file, boolean intoDirectory) {
    boolean isOurs = !(targetSession instanceof RemoteTransfer); // others have rules of their own
    if (intoDirectory && isOurs) {
      try {
        List<String> unused = SafePath.segments(file.name());
      } catch (UnsafePathException e) {
        throw unsafe(file.place(), target, e);
      }
    }
    if (target instanceof Place.Local local) {
      requireNothingInTheWay(file, intoDirectory, local.toPath());
    }
  }

  private static void requireNothingInTheWay(Selected file, boolean intoDirectory, Path base) {
    try {
      Path to = intoDirectory ? base.resolve(file.name()) : base;
      if (Files.isDirectory(to)) {
        throw intoDirectory ? directoryInTheWay(base, file) : directoryWithoutSlash(base);
      }
      Path above = to.toAbsolutePath().getParent();
      while (above != null && !Files.exists(above, LinkOption.NOFOLLOW_LINKS)) {
        above = above.getParent();
      }
      if (above != null && !Files.isDirectory(above)) {
        throw new FileAlreadyExistsException(above.toString());
      }
    } catch (IOException | InvalidPathException e) {
      throw notWritten(file.place(), file.name(), base, e);
    }
  }

  TransferReceipt copy(Selected file, boolean intoDirectory, TransferOptions options) {
    if (target instanceof Place.Local) {
      Path to = localTarget(file, intoDirectory);
      return file.place() instanceof Place.Local from
          ? localCopy.copy(
              from.toPath(), to, options, opened -> SettledVersion.requireSettled(file, opened))
          : required(sourceSession).download(file.place().path(), to, options);
    }
    String to = targetOf(file, intoDirectory).path();
    String parent = parent(to);
    boolean isThere = madeDirectories.contains(parent);
    TransferReceipt receipt =
        send(file, to, isThere ? options : options.toBuilder().makeParents(true).build());
    madeDirectories.add(parent);
    return receipt;
  }

  private TransferReceipt send(Selected file, String to, TransferOptions options) {
    return relay != null
        ? relay.copy(file.place().path(), to, options)
        : required(targetSession).upload(((Place.Local) file.place()).toPath(), to, options);
  }

  private Path localTarget(Selected file, boolean intoDirectory) {
    Path base = ((Place.Local) target).toPath();
    try {
      if (!intoDirectory) {
        if (Files.isDirectory(base)) {
          throw directoryWithoutSlash(base);
        }
        Path parent = base.toAbsolutePath().getParent();
        if (parent != null) {
          Files.createDirectories(parent);
        }
        return base;
      }
      Files.createDirectories(base);
      try (SafePath safe = SafePath.openMakingParents(base, file.name())) {
        if (safe.directory().attributes(safe.name()).filter(at -> at.isDirectory()).isPresent()) {
          throw directoryInTheWay(base, file);
        }
        return base.resolve(file.name());
      }
    } catch (IOException | InvalidPathException e) {
      throw notWritten(file.place(), file.name(), base, e);
    }
  }

  private static TransferException directoryWithoutSlash(Path base) {
    return new TransferException.Refused(
        0, false, base + " is a directory; write \"" + base + "/\" to copy into it", null);
  }

  private static TransferException directoryInTheWay(Path base, Selected file) {
    return new TransferException.Refused(
        0,
        false,
        "%s is a directory, and %s is a file: rename one of them, or name another target"
            .formatted(base.resolve(file.name()), file.place()),
        null);
  }

  private static TransferException unsafe(Place what, Object base, UnsafePathException e) {
    return new TransferException.Refused(
        0,
        false,
        what + " has a name that is not written below " + base + ": " + e.getMessage(),
        e);
  }

  private static TransferException notWritten(Place what, String name, Path base, Exception e) {
    if (e instanceof InvalidPathException) {
      return new TransferException.Refused(
          0,
          false,
          "%s: this machine cannot write its name; give another one after the directory%s"
              .formatted(what, SafePath.localeHint()),
          e);
    }
    if (e instanceof UnsafePathException unsafe) {
      return unsafe(what, base, unsafe);
    }
    IOException failure = (IOException) e;
    return DiskFullException.isSaidBy(failure)
        ? LocalFailures.translate(base, failure)
        : TransferException.LocalFile.failed(
            base,
            "Cannot make a directory for " + name + " at " + base + ": " + reason(failure),
            failure);
  }

  /**
   * Makes a directory at the target, and those above it, unless it is there.
   *
   * @param like the directory of the source
   * @param name relative to the target, from a listing, so not to be trusted; empty for the target
   * @throws TransferException if it cannot be made
   */
  void makeDirectory(Place like, String name) {
    if (!(target instanceof Place.Local local)) {
      makeRemote(below(target.path(), name));
      return;
    }
    Path base = local.toPath();
    try {
      Files.createDirectories(base);
      if (!name.isEmpty()) {
        SafePath.openMakingParents(base, name + "/x").close();
      }
    } catch (IOException | InvalidPathException e) {
      throw notWritten(like, name, base, e);
    }
  }

  private static String below(String base, String name) {
    String bare = base.endsWith("/") && base.length() > 1 ? base.replaceFirst("/+$", "") : base;
    return name.isEmpty() ? bare : bare.isEmpty() ? name : SidecarFinder.join(bare, name);
  }

  // the message of these exceptions is nothing but the path
  private static String reason(IOException failure) {
    if (failure instanceof FileAlreadyExistsException) {
      return "there is a file of that name";
    }
    return failure instanceof FileSystemException ? LocalFailures.why(failure) : failure.toString();
  }

  private static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }

  private void makeRemote(String directory) {
    if (!directory.isEmpty() && !directory.equals("/") && madeDirectories.add(directory)) {
      required(targetSession).mkdir(directory);
    }
  }

  private static FileTransfer required(@Nullable FileTransfer session) {
    if (session == null) {
      throw new IllegalStateException("a remote place without a session");
    }
    return session;
  }
}
