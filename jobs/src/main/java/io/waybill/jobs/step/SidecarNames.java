package io.waybill.jobs.step;

import io.waybill.jobs.Connection;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.sidecar.SidecarIndex;
import io.waybill.transfer.sidecar.SidecarName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which sidecars there are in one directory of a place. */
abstract class SidecarNames {
  /** Returns a file's own sidecars, the best first. */
  abstract List<String> own(String file);

  /** Returns those of many files, the best first. */
  abstract List<String> shared();

  /** Says whether a file of the directory is a sidecar itself. */
  abstract boolean isSidecar(String file);

  /**
   * Looks. Where a directory cannot be listed, or its listing says little, as that of a web server,
   * the usual names are asked for one by one.
   */
  static SidecarNames in(Place directory, Sessions sessions) {
    if (directory instanceof Place.Remote remote && remote.connection() instanceof Connection.Web) {
      return new Asked(directory, sessions);
    }
    try {
      return new Listed(
          SidecarIndex.of(
              list(directory, sessions).stream()
                  .filter(FileEntry::isFile)
                  .map(FileEntry::path)
                  .filter(each -> each.indexOf('/') < 0)
                  .filter(each -> Selection.refusal(each).isEmpty())
                  .toList()));
    } catch (TransferException.Refused
        | TransferException.NotFound
        | TransferException.LocalFile e) {
      if (e.isTransient()) {
        throw e;
      }
      return new Asked(directory, sessions);
    }
  }

  private static List<FileEntry> list(Place directory, Sessions sessions) {
    return directory instanceof Place.Local local
        ? LocalTree.list(local.toPath(), false)
        : sessions.to(directory).orElseThrow().list(directory.path(), false);
  }

  /** Known from a listing. */
  private static final class Listed extends SidecarNames {
    private final SidecarIndex index;

    Listed(SidecarIndex index) {
      this.index = index;
    }

    @Override
    List<String> own(String file) {
      return index.own(file);
    }

    @Override
    List<String> shared() {
      return index.shared();
    }

    @Override
    boolean isSidecar(String file) {
      return index.isSidecar(file);
    }
  }

  /** Asked for by name. */
  private static final class Asked extends SidecarNames {
    private final Place directory;
    private final Sessions sessions;
    private @Nullable List<String> shared;

    Asked(Place directory, Sessions sessions) {
      this.directory = directory;
      this.sessions = sessions;
    }

    @Override
    List<String> own(String file) {
      return SidecarName.usual(file).stream().filter(this::isThere).toList();
    }

    @Override
    List<String> shared() {
      List<String> known = shared;
      if (known == null) {
        known = SidecarName.usualOfMany().stream().filter(this::isThere).toList();
        shared = known;
      }
      return known;
    }

    @Override
    boolean isSidecar(String file) {
      List<String> names = new ArrayList<>(List.of(file));
      SidecarName.file(file).filter(this::isThere).ifPresent(names::add);
      return SidecarIndex.of(names).isSidecar(file);
    }

    private boolean isThere(String name) {
      Place place = directory.withPath(SidecarFinder.join(directory.path(), name));
      try {
        Optional<FileEntry> found =
            place instanceof Place.Local local
                ? LocalTree.stat(local.toPath())
                : sessions.to(place).orElseThrow().stat(place.path());
        return found.filter(FileEntry::isFile).isPresent();
      } catch (TransferException.Refused | TransferException.LocalFile e) {
        if (e.isTransient()) {
          throw e;
        }
        return isReadable(place);
      }
    }

    // a user may read and not look
    private boolean isReadable(Place place) {
      try {
        SidecarReader.content(place, sessions);
        return true;
      } catch (TransferException.NotFound
          | TransferException.Refused
          | TransferException.LocalFile e) {
        if (e.isTransient()) {
          throw e;
        }
        // some servers answer so for what is not there; whoever needs a sidecar is told of none
        return false;
      }
    }
  }
}
