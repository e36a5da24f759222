package io.waybill.jobs.step;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.JobException;
import io.waybill.jobs.StepServices;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import java.util.List;
import java.util.Optional;

/** Looks at places, and changes what is there, outside of any job. */
public final class PlaceFiles implements AutoCloseable {
  private final Sessions sessions;

  /**
   * Prepares.
   *
   * @param scope ends it from outside
   */
  public PlaceFiles(StepServices services, CancelScope scope) {
    this.sessions = new Sessions(services, scope);
  }

  /**
   * Lists a directory, or one file.
   *
   * @throws JobException.NotFound if there is nothing
   */
  public List<FileEntry> list(Place place, boolean recursive) {
    FileEntry there =
        look(place).orElseThrow(() -> new JobException.NotFound("there is no " + place));
    if (!there.isDirectory()) {
      String name = place.path().substring(place.path().lastIndexOf('/') + 1);
      return List.of(
          new FileEntry(name, there.kind(), there.sizeBytes(), there.modified(), there.mode()));
    }
    return place instanceof Place.Local local
        ? LocalTree.list(local.toPath(), recursive)
        : session(place).list(place.path(), recursive);
  }

  private Optional<FileEntry> look(Place place) {
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

  /** Makes a directory and its missing parents. */
  public void makeDirectory(Place place) {
    if (place instanceof Place.Local local) {
      LocalTree.makeDirectory(local.toPath());
    } else {
      session(place).mkdir(place.path());
    }
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
