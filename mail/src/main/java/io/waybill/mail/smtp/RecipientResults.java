package io.waybill.mail.smtp;

import io.waybill.mail.Address;
import io.waybill.mail.RecipientResult;
import io.waybill.mail.RecipientResult.Phase;
import io.waybill.mail.RecipientResult.Status;
import io.waybill.mail.Reply;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is known of each recipient of one message, in the envelope's order. */
final class RecipientResults {
  private final Map<Address, RecipientResult> results = new LinkedHashMap<>();

  RecipientResults(List<Address> recipients) {
    for (Address recipient : recipients) {
      results.put(
          recipient, RecipientResult.of(recipient, Status.NOT_ATTEMPTED, Phase.SESSION, null));
    }
  }

  void put(RecipientResult result) {
    results.put(result.recipient(), result);
  }

  void refuse(Collection<Address> recipients, Phase phase, Reply reply) {
    recipients.forEach(each -> put(RecipientResult.refused(each, phase, reply)));
  }

  void all(Collection<Address> recipients, Status status, Phase phase, Reply reply) {
    recipients.forEach(each -> put(RecipientResult.of(each, status, phase, reply)));
  }

  /** Returns all results as they would have to be written down if these were about to get it. */
  List<RecipientResult> withUnknown(Collection<Address> recipients) {
    Map<Address, RecipientResult> imagined = new LinkedHashMap<>(results);
    for (Address each : recipients) {
      imagined.put(each, RecipientResult.of(each, Status.UNKNOWN, Phase.DOT, null));
    }
    return List.copyOf(imagined.values());
  }

  List<Address> notAttempted() {
    List<Address> waiting = new ArrayList<>();
    for (RecipientResult result : results.values()) {
      if (result.status() == Status.NOT_ATTEMPTED) {
        waiting.add(result.recipient());
      }
    }
    return waiting;
  }

  /** Returns of how many something is known. */
  int answered() {
    return results.size() - notAttempted().size();
  }

  /** Whether somebody has the message, or may have it. */
  boolean isPartlySent() {
    return results.values().stream()
        .anyMatch(r -> r.status() == Status.ACCEPTED || r.status() == Status.UNKNOWN);
  }

  List<RecipientResult> list() {
    return List.copyOf(results.values());
  }
}
