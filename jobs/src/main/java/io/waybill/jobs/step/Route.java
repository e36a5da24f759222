package io.waybill.jobs.step;

import io.waybill.jobs.JobException;
import io.waybill.jobs.step.Selection.Selected;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.file.LocalCopy;
import io.waybill.transfer.file.SafePath;
import io.waybill.transfer.file.UnsafePathException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The way from one source to one target: at most one of the two is remote. Its session belongs to
 * {@link Sessions}.
 */
final class Route {
  private final Place source;
  private final Place target;
  private final @Nullable FileTransfer session;
  private final LocalCopy localCopy;
  private final Set<String> madeDirectories = new HashSet<>();

  private Route(Place source, Place target, @Nullable FileTransfer session, InstantSource clock) {
    this.source = source;
    this.target = target;
    this.session = session;
    this.localCopy = new LocalCopy(clock);
  }

  static Route open(Place source, Place target, Sessions sessions) {
    if (source instanceof Place.Remote from && target instanceof Place.Remote to) {
      throw new JobException.Configuration(
          "this version copies between this machine and one connection, not from "
              + from.connection().name()
              + " to "
              + to.connection().name()
              + " directly: copy to a local directory first, and from there in a second step");
    }
    Place.Remote remote =
        source instanceof Place.Remote from ? from : target instanceof Place.Remote to ? to : null;
    return new Route(
        source,
        target,
        remote == null ? null : sessions.to(remote).orElseThrow(),
        sessions.services().clock());
  }

  Selection select() {
    return Selection.of(source, source instanceof Place.Remote ? session : null);
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
        : required(session).stat(there.path());
  }

  TransferReceipt copy(Selected file, boolean intoDirectory, TransferOptions options) {
    if (target instanceof Place.Local) {
      Path to = localTarget(file, intoDirectory);
      return file.place() instanceof Place.Local from
          ? localCopy.copy(from.toPath(), to, options)
          : required(session).download(file.place().path(), to, options);
    }
    String to = targetOf(file, intoDirectory).path();
    makeRemoteParent(to);
    return required(session).upload(((Place.Local) file.place()).toPath(), to, options);
  }

  private Path localTarget(Selected file, boolean intoDirectory) {
    Path base = ((Place.Local) target).toPath();
    try {
      if (!intoDirectory) {
        if (Files.isDirectory(base)) {
          throw new TransferException.Refused(
              0, false, base + " is a directory; write \"" + base + "/\" to copy into it", null);
        }
        Path parent = base.toAbsolutePath().getParent();
        if (parent != null) {
          Files.createDirectories(parent);
        }
        return base;
      }
      Files.createDirectories(base);
      try (SafePath safe = SafePath.openMakingParents(base, file.name())) {
        return base.resolve(file.name());
      }
    } catch (UnsafePathException e) {
      throw new TransferException.Refused(
          0,
          false,
          file.place() + " has a name that is not written below " + base + ": " + e.getMessage(),
          e);
    } catch (IOException e) {
      throw TransferException.LocalFile.failed(
          base, "Cannot make a directory for " + file.name() + " at " + base + ": " + reason(e), e);
    }
  }

  // the message of these exceptions is nothing but the path
  private static String reason(IOException failure) {
    if (failure instanceof FileAlreadyExistsException) {
      return "there is a file of that name";
    }
    return failure instanceof AccessDeniedException ? "permission denied" : failure.toString();
  }

  private void makeRemoteParent(String path) {
    int slash = path.lastIndexOf('/');
    if (slash > 0 && madeDirectories.add(path.substring(0, slash))) {
      required(session).mkdir(path.substring(0, slash));
    }
  }

  private static FileTransfer required(@Nullable FileTransfer session) {
    if (session == null) {
      throw new IllegalStateException("a remote place without a session");
    }
    return session;
  }
}
