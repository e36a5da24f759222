package io.waybill.jobs.cli;

import io.waybill.Waybill;
import io.waybill.jobs.JobException;
import io.waybill.jobs.LedgerItem;
import io.waybill.jobs.LedgerItem.State;
import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.json.LedgerForm;
import io.waybill.jobs.json.Plain;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the verbs about the ledger share: they ask the daemon if one lives, else the store. */
abstract class LedgerVerb extends Verb {
  private static final int SHOWN_ID = 12;

  /** Does something about an item where the daemon is. */
  @FunctionalInterface
  interface Asked {
    Map<String, Object> about(ControlClient daemon, String job, String id)
        throws InterruptedException;
  }

  /** Does something about an item in an open store. */
  @FunctionalInterface
  interface Done {
    void about(Waybill waybill, LedgerItem item);
  }

  /** Returns items, from wherever they are. */
  final List<Map<String, Object>> items(Optional<String> job, Set<State> states, int limit)
      throws InterruptedException {
    Optional<ControlClient> daemon = daemon();
    if (daemon.isPresent()) {
      return daemon.get().ledger(job, words(states), limit);
    }
    try (Waybill waybill = waybill(configurationIfAny()).open()) {
      return waybill.ledger().list(job, List.copyOf(states), limit).stream()
          .map(LedgerForm::of)
          .toList();
    }
  }

  /** Does the same to each of several items, in order, and prints what they were. */
  final ExitCode each(String job, List<String> ids, Asked asked, Done done)
      throws InterruptedException {
    List<Map<String, Object>> forms = new ArrayList<>();
    RuntimeException failure = null;
    Optional<ControlClient> daemon = daemon();
    if (daemon.isPresent()) {
      for (String id : ids) {
        failure = add(forms, () -> asked.about(daemon.get(), job, id), failure);
      }
    } else {
      try (Waybill waybill = waybill(configurationIfAny()).open()) {
        for (String id : ids) {
          failure = add(forms, () -> done(waybill, job, id, done), failure);
        }
      }
    }
    print(forms);
    if (failure != null) {
      throw failure;
    }
    return ExitCode.OK;
  }

  private static Map<String, Object> done(Waybill waybill, String job, String id, Done done) {
    LedgerItem item = waybill.ledger().find(job, id);
    done.about(waybill, item);
    return LedgerForm.of(item);
  }

  /** Does something about one item. */
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
    } catch (JobException e) {
      if (before == null) {
        return e;
      }
      output().note("waybill: " + e.getMessage());
      return before;
    }
  }

  /**
   * Returns the ids that are meant.
   *
   * @throws JobException.Configuration unless either ids or states are given
   */
  final List<String> chosen(String job, List<String> ids, Set<State> states, int most)
      throws InterruptedException {
    if (ids.isEmpty() == states.isEmpty() || ids.contains("")) {
      throw new JobException.Configuration(
          "say which items, either by their ids, as \"waybill ledger list %s\" shows them, or by --only with a state"
              .formatted(job));
    }
    if (states.contains(State.CLAIMED)) {
      throw new JobException.Configuration(
          "what is claimed is with a run: cancel that first, or wait for its end");
    }
    return states.isEmpty()
        ? ids
        : items(Optional.of(job), states, most).stream()
            .map(item -> Plain.text(item, "id"))
            .toList();
  }

  private static String words(Set<State> states) {
    return Stream.of(State.values())
        .filter(states::contains)
        .map(Plain::word)
        .collect(Collectors.joining(","));
  }

  final void print(List<Map<String, Object>> items) {
    output()
        .results(
            LedgerForm.SCHEMA,
            LedgerForm.LIST_SCHEMA,
            "items",
            items,
            out -> items.forEach(item -> print(item, out)));
  }

  private static void print(Map<String, Object> item, PrintStream out) {
    out.printf(
        "%s  %-11s  %s  %s  %s%n",
        Plain.text(item, "id").substring(0, SHOWN_ID),
        item.get("state"),
        item.get("changed-at"),
        item.get("job"),
        Output.printable(item.get("name")));
    if (item.containsKey("run")) {
      out.println("  run " + item.get("run"));
    }
    if (item.containsKey("due-at")) {
      out.println("  taken again after " + item.get("due-at"));
    }
    if (item.containsKey("message")) {
      out.printf(
          "  failed %s times: %s%n", item.get("failures"), Output.printable(item.get("message")));
    }
  }
}
