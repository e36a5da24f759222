package io.waybill.jobs.cli;

import io.waybill.Waybill;
import io.waybill.jobs.JobException;
import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.json.OutboxForm;
import io.waybill.mail.outbox.OutboxEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the verbs about the outbox share: they ask the daemon if one lives, else the store. */
abstract class OutboxVerb extends Verb {
  /** Does something about an entry where the daemon is. */
  @FunctionalInterface
  interface Asked {
    Map<String, Object> about(ControlClient daemon, String id) throws InterruptedException;
  }

  /** Does something about an entry in an open store. */
  @FunctionalInterface
  interface Done {
    OutboxEntry about(Waybill waybill, String id);
  }

  /** Does the same to each of several entries, in order, and prints what they are then. */
  final ExitCode each(List<String> ids, Asked asked, Done done) throws InterruptedException {
    List<Map<String, Object>> forms = new ArrayList<>();
    Optional<ControlClient> daemon = daemon();
    if (daemon.isPresent()) {
      for (String id : ids) {
        forms.add(asked.about(daemon.get(), id));
      }
    } else {
      try (Waybill waybill = waybill(configurationIfAny()).open()) {
        for (String id : ids) {
          forms.add(OutboxForm.of(done.about(waybill, find(waybill, id).id())));
        }
      }
    }
    print(forms, true);
    return ExitCode.OK;
  }

  final void print(List<Map<String, Object>> entries, boolean withRecipients) {
    output()
        .results(
            OutboxForm.SCHEMA,
            OutboxForm.LIST_SCHEMA,
            "entries",
            entries,
            out -> entries.forEach(entry -> OutboxPrinter.print(entry, withRecipients, out)));
  }

  static OutboxEntry find(Waybill waybill, String id) {
    return waybill
        .outbox()
        .find(id)
        .orElseThrow(
            () ->
                new JobException.NotFound(
                    "there is no outbox entry %s in the store: \"waybill outbox list --all\" shows them"
                        .formatted(id)));
  }
}
