package io.waybill.jobs.step;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.Connection;
import io.waybill.jobs.JobException;
import io.waybill.jobs.StepServices;
import io.waybill.transfer.Digest;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.Unfinished;
import io.waybill.transfer.WebQuery;
import io.waybill.transfer.file.LocalCopy;
import io.waybill.transfer.sftp.HostKeyLook;
import io.waybill.transfer.sidecar.SidecarFile;
import io.waybill.transfer.sync.Copier;
import io.waybill.transfer.sync.LocalSide;
import io.waybill.transfer.sync.RemoteSide;
import io.waybill.transfer.sync.Side;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Looks at places, and changes what is there, outside of any job. */
public final class PlaceFiles implements AutoCloseable {
  private final Sessions sessions;

  /**
   * Prepares.
   *
   * @param scope ends it from outside
   * @param link how connections are used
   */
  public PlaceFiles(StepServices services, CancelScope scope, LinkOptions link) {
    this.sessions = new Sessions(services, scope, link);
  }

  /**
   * Lists a directory, or one file.
   *
   * @throws JobException.NotFound if there is nothing
   */
  public List<FileEntry> list(Place place, boolean recursive) {
    FileEntry there = look(place);
    if (!there.isDirectory()) {
      String name = SidecarFinder.last(WebQuery.without(place.path()));
      return List.of(
          new FileEntry(name, there.kind(), there.sizeBytes(), there.modified(), there.mode()));
    }
    return place instanceof Place.Local local
        ? LocalTree.list(local.toPath(), recursive)
        : session(place).list(place.path(), recursive);
  }

  /**
   * Lists what is directly in a directory.
   *
   * @throws JobException.NotFound if there is none, on this machine
   * @throws TransferException.NotFound if there is none, elsewhere
   */
  public List<FileEntry> entries(Place directory) {
    return directory instanceof Place.Local local
        ? LocalTree.list(local.toPath(), false)
        : session(directory).list(directory.path(), false);
  }

  /**
   * Lists what copies have left in a directory and below it; a waybill server clears that up
   * itself.
   *
   * @throws JobException.NotFound if there is no such directory, on this machine
   * @throws TransferException.NotFound if there is none, elsewhere
   */
  public List<Unfinished> unfinished(Place directory) {
    return directory instanceof Place.Local local
        ? LocalTree.unfinished(local.toPath())
        : session(directory).unfinished(directory.path());
  }

  /**
   * Looks at one path.
   *
   * @throws JobException.NotFound if there is nothing
   */
  public FileEntry look(Place place) {
    return find(place).orElseThrow(() -> new JobException.NotFound("there is no " + place));
  }

  private Optional<FileEntry> find(Place place) {
    if (place instanceof Place.Local local) {
      return LocalTree.stat(local.toPath());
    }
    boolean isRoot = place.path().isEmpty() || place.path().equals("/");
    return isRoot
        ? Optional.of(
            new FileEntry(
                place.path(), FileEntry.Kind.DIRECTORY, FileEntry.UNKNOWN_SIZE, Optional.empty()))
        : session(place).stat(place.path());
  }

  /**
   * Returns a directory as one of two trees.
   *
   * @param reads whether files are fetched to compute digests that a server does not compute
   */
  public Side side(Place place, boolean isBothHere, boolean reads) {
    if (place instanceof Place.Local local) {
      if (Files.isRegularFile(local.toPath())) {
        throw new JobException.Configuration(
            "%s is a file, and this is about directories: name the one that it is in, and with --include the file"
                .formatted(place));
      }
      return isBothHere ? LocalSide.ofThisMachine(local.toPath()) : LocalSide.of(local.toPath());
    }
    if (WebQuery.isIn(place.path())) {
      throw new JobException.Configuration(
          "%s has a query, and names one file: name a directory".formatted(place));
    }
    return reads
        ? RemoteSide.reading(session(place), place.path())
        : RemoteSide.of(session(place), place.path());
  }

  /** Returns what copies files from one place to another, by their full names. */
  public Copier copier(Place source, Place target) {
    if (source instanceof Place.Remote from) {
      return target instanceof Place.Remote to
          ? Relaying.between(from, to, sessions)::copy
          : (file, name, options) -> session(from).download(file, Path.of(name), options);
    }
    if (target instanceof Place.Remote to) {
      return (file, name, options) -> session(to).upload(Path.of(file), name, options);
    }
    LocalCopy copy = new LocalCopy(sessions.services().clock());
    return (file, name, options) -> copy.copy(Path.of(file), Path.of(name), options);
  }

  /**
   * Returns a file's digest: the server tells it, or the file is read.
   *
   * @throws TransferException.NotFound if there is no such file
   */
  public Digest digest(Place file, Digest.Algorithm algorithm) {
    return new SidecarWriter(sessions).digest(file, algorithm);
  }

  /**
   * Reads a hash sidecar.
   *
   * @throws TransferException.NotFound if there is none
   * @throws TransferException.Refused if it is too long
   * @throws TransferException.Integrity if it is malformed
   */
  public SidecarFile sidecar(Place sidecar) {
    return SidecarReader.read(sidecar, sessions);
  }

  /** Writes a file's sidecar beside it, whole or not at all, and returns where it is. */
  public Place writeSidecar(Place file, Digest digest) {
    new SidecarWriter(sessions).write(file, digest, look(file).modified());
    return SidecarWriter.of(file, digest.algorithm());
  }

  /** Puts a sidecar that was written to a file of this machine to its place. */
  public void putSidecar(Place sidecar, Path content) {
    new SidecarWriter(sessions).put(sidecar, content);
  }

  /**
   * Says whether a place at a server is a symbolic link, which servers follow when they are asked
   * about it: its directory's listing tells.
   */
  public boolean isLink(Place place) {
    if (place instanceof Place.Local || isWeb(place)) {
      return false; // never followed here, and there are none
    }
    String path = place.path().replaceAll("/+$", "");
    int slash = path.lastIndexOf('/');
    String parent = slash == 0 ? "/" : path.substring(0, Math.max(0, slash));
    String name = path.substring(slash + 1);
    return session(place).list(parent, false).stream()
        .anyMatch(each -> each.path().equals(name) && each.kind() == FileEntry.Kind.LINK);
  }

  /** Says whether directories are deleted one by one, when they are empty. */
  public boolean deletesDirectories(Place place) {
    return !isWeb(place);
  }

  private static boolean isWeb(Place place) {
    return place instanceof Place.Remote remote && remote.connection() instanceof Connection.Web;
  }

  /** Deletes one file. */
  public void delete(Place place) {
    if (place instanceof Place.Local local) {
      LocalTree.delete(local.toPath());
    } else {
      session(place).delete(place.path());
    }
  }

  /** Removes one empty directory. */
  public void removeDirectory(Place place) {
    if (place instanceof Place.Local local) {
      LocalTree.delete(local.toPath());
    } else {
      session(place).removeDirectory(place.path());
    }
  }

  /** Makes a directory and its missing parents. */
  public void makeDirectory(Place place) {
    if (place instanceof Place.Local local) {
      LocalTree.makeDirectory(local.toPath());
    } else {
      session(place).mkdir(place.path());
    }
  }

  /**
   * Checks that a target does not lie in its source, as each copy would then be another source.
   *
   * @param isBothWays whether the source must not lie in the target either, as it would be deleted
   * @throws JobException.Configuration if it does, or they are the same
   */
  public static void requireApart(Place source, Place target, boolean isBothWays) {
    if (target.isWithin(source) || (isBothWays && source.isWithin(target))) {
      throw new JobException.Configuration(
          "of %s and %s one lies in the other, or both are one: name directories apart from each other"
              .formatted(source, target));
    }
  }

  /**
   * Looks at the host key of an SSH server, before anybody logs in.
   *
   * @throws TransferException.Connection if it cannot be reached
   */
  public HostKeyLook.Seen hostKey(Place.Remote place) {
    return HostKeyLook.at(sessions.server((Connection.Sftp) place.connection()));
  }

  /** Returns the session to a place that is not on this machine; it is closed with this. */
  public FileTransfer session(Place place) {
    return sessions.to(place).orElseThrow();
  }

  @Override
  public void close() {
    sessions.close();
  }
}
