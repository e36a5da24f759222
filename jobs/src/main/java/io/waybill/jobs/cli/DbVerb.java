package io.waybill.jobs.cli;

import io.waybill.StoreCare;
import io.waybill.jobs.JobException;
import io.waybill.jobs.daemon.ControlClient;
import java.time.Clock;
import java.util.Optional;

/** What the verbs about the store as a whole share. */
abstract class DbVerb extends Verb {

  final StoreCare care() {
    return new StoreCare(configurationIfAny(), stateDirectory(), Clock.systemUTC());
  }

  /** Ends the verb if a daemon is at work on the store, for what cannot be done beside one. */
  final void refuseDaemon(String what) throws InterruptedException {
    Optional<ControlClient> daemon = daemon();
    if (daemon.isPresent()) {
      throw new JobException.AlreadyRunning(
          "a daemon is at work on the store of "
              + stateDirectory()
              + ", which cannot be "
              + what
              + " meanwhile; stop it, and start it again afterwards");
    }
  }
}
