package io.waybill.scheduler.store;

import io.waybill.scheduler.Run;
import java.util.List;
import java.util.Optional;

/** What became of a firing that asked to run. */
public sealed interface Admission {

  /**
   * It runs: its run is claimed for this process.
   *
   * @param superseded runs that waited for their next attempt at the same work, ended for it
   * @param movedFrom the node that it was on before, if that was another
   */
  record Admitted(Run run, List<Run> superseded, Optional<String> movedFrom) implements Admission {
    /** Copies the list. */
    public Admitted {
      superseded = List.copyOf(superseded);
    }
  }

  /**
   * It waits: its run is recorded, and says for what.
   *
   * @param replaces ids of live runs that were asked to end in its favour
   * @param dropped runs that had waited, skipped in its favour
   */
  record Waiting(Run run, List<String> replaces, List<Run> dropped) implements Admission {
    /** Copies the lists. */
    public Waiting {
      replaces = List.copyOf(replaces);
      dropped = List.copyOf(dropped);
    }
  }

  /** It is not run, and its run's row says why. */
  record Skipped(Run run) implements Admission {}

  /** There is nothing to do: its run is finished, held by somebody, or not due yet. */
  record Settled() implements Admission {}
}
