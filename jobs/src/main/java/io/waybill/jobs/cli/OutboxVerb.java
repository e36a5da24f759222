package io.waybill.jobs.cli;

import io.waybill.Waybill;
import io.waybill.jobs.JobException;
import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.json.OutboxForm;
import io.waybill.mail.MailException;
import io.waybill.mail.outbox.OutboxEntry;
import io.waybill.mail.outbox.OutboxState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the verbs about the outbox share: they ask the daemon if one lives, else the store. */
abstract class OutboxVerb extends Verb {
  /** The worst first. */
  private static final List<Map.Entry<OutboxState, ExitCode>> CODES =
      List.of(
          Map.entry(OutboxState.UNKNOWN, ExitCode.UNKNOWN),
          Map.entry(OutboxState.FAILED, ExitCode.REFUSED),
          Map.entry(OutboxState.EXPIRED, ExitCode.REFUSED),
          Map.entry(OutboxState.PARTIAL, ExitCode.PARTIAL),
          Map.entry(OutboxState.DEFERRED, ExitCode.RETRIES_SPENT),
          Map.entry(OutboxState.QUEUED, ExitCode.RETRIES_SPENT));

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
    RuntimeException failure = null;
    Optional<ControlClient> daemon = daemon();
    if (daemon.isPresent()) {
      for (String id : ids) {
        failure = add(forms, () -> asked.about(daemon.get(), id), failure);
      }
    } else {
      try (Waybill waybill = waybill(configurationIfAny()).open()) {
        for (String id : ids) {
          failure =
              add(forms, () -> OutboxForm.of(done.about(waybill, find(waybill, id).id())), failure);
        }
      }
    }
    print(forms, true);
    if (failure != null) {
      throw failure;
    }
    return ExitCode.OK;
  }

  /** Does something about one entry. */
  @FunctionalInterface
  private interface Deed {
    Map<String, Object> done() throws InterruptedException;
  }

  /** What cannot be done to one keeps nothing from being done to the others. */
  private @Nullable RuntimeException add(
      List<Map<String, Object>> forms, Deed deed, @Nullable RuntimeException before)
      throws InterruptedException {
    try {
      forms.add(deed.done());
      return before;
    } catch (JobException | MailException e) {
      if (before == null) {
        return e;
      }
      output().note("waybill: " + e.getMessage());
      return before;
    }
  }

  /** Returns what the worst of these entries ends the process with, after an attempt here. */
  static ExitCode codeOf(List<OutboxState> tried) {
    for (Map.Entry<OutboxState, ExitCode> each : CODES) {
      if (tried.contains(each.getKey())) {
        return each.getValue();
      }
    }
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
