package io.waybill.jobs.step;

import io.waybill.jobs.step.ChecksumListener.State;
import io.waybill.transfer.Digest;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.sidecar.Sidecar;
import io.waybill.transfer.sync.Side;
import java.util.Optional;
import java.util.Set;

/** Compares files with what a sidecar in their directory, or above it, says of them. */
public final class SidecarComparison {
  private final PlaceFiles files;
  private final ChecksumListener listener;

  /** Prepares. */
  public SidecarComparison(PlaceFiles files, ChecksumListener listener) {
    this.files = files;
    this.listener = listener;
  }

  /**
   * Compares all that one sidecar tells of; no file is reached through a link.
   *
   * @throws TransferException if the sidecar cannot be read, or not be believed
   */
  public void run(Place sidecar) {
    String path = sidecar.path();
    int slash = path.lastIndexOf('/');
    Place directory = sidecar.withPath(path.substring(0, slash <= 0 ? slash + 1 : slash));
    Side side = files.side(directory, true, true);
    files.sidecar(sidecar).entries().forEach(each -> compare(side, each));
  }

  private void compare(Side side, Sidecar sidecar) {
    try {
      Optional<Digest> actual = side.digest(sidecar.name(), Set.of(sidecar.algorithm()));
      boolean isSame = actual.filter(sidecar.digest()::equals).isPresent();
      listener.compared(
          sidecar.name(), sidecar.digest(), actual, isSame ? State.OK : State.DIFFERS);
    } catch (TransferException.NotFound e) {
      listener.compared(sidecar.name(), sidecar.digest(), Optional.empty(), State.MISSING);
    } catch (TransferException.Refused
        | TransferException.Integrity
        | TransferException.LocalFile e) {
      if (e.isTransient()) {
        throw e;
      }
      listener.compared(sidecar.name(), sidecar.digest(), Optional.empty(), State.UNREADABLE);
      listener.failed(sidecar.name(), String.valueOf(e.getMessage()));
    }
  }
}
