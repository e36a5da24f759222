package io.waybill.jobs.step;

import io.waybill.jobs.JobException;
import io.waybill.jobs.Rehearsal;
import io.waybill.jobs.StepCall;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.json.Plain;
import io.waybill.mail.imap.FetchSpec;
import io.waybill.mail.imap.MailboxReader;
import io.waybill.mail.inbox.InboundMail;
import io.waybill.mail.inbox.MailSearch;
import io.waybill.mail.mime.ParsedMail;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Carries out {@code mail.fetch}. */
final class FetchMailHandler implements StepHandler<FetchMailStep> {
  private final StepServices services;

  FetchMailHandler(StepServices services) {
    this.services = services;
  }

  @Override
  public Rehearsal rehearse(FetchMailStep step, StepCall call) {
    StepResult read = execute(step, call); // it changes nothing
    List<Map<String, Object>> messages = Plain.maps(read.outputs(), "messages");
    return new Rehearsal(
        "reads %d %s of %s"
            .formatted(
                messages.size(),
                messages.size() == 1 ? "message" : "messages",
                step.mailbox().name() + ":" + step.folder()),
        messages.stream().limit(Rehearsal.MOST_ITEMS).map(FetchMailHandler::item).toList(),
        Optional.of(read));
  }

  private static Map<String, Object> item(Map<String, Object> message) {
    Map<String, Object> item = new LinkedHashMap<>();
    for (String key : List.of("from", "subject", "date", "size")) {
      if (message.get(key) != null) {
        item.put(key, message.get(key));
      }
    }
    item.put("text", message.get("from") + "  " + message.get("subject"));
    return item;
  }

  @Override
  public StepResult execute(FetchMailStep step, StepCall call) {
    List<Map<String, Object>> messages = new ArrayList<>();
    long bytes = 0;
    try (MailboxReader reader =
        MailboxReader.connect(
            services
                .mailboxes()
                .account(step.mailbox(), services.sockets().apply(call.cancel())))) {
      for (InboundMail mail : reader.fetch(spec(step))) {
        try (ParsedMail parsed = mail.mail()) {
          call.progress().moved(parsed.subject(), parsed.sizeBytes(), parsed.sizeBytes());
          messages.add(MailItem.plain(step.mailbox(), mail));
          bytes += parsed.sizeBytes();
        }
      }
    }
    if (messages.size() < step.minMessages()) {
      throw new JobException.NotYet(
          "expected at least %d messages in %s of %s and found %d; they may still come"
              .formatted(
                  step.minMessages(), step.folder(), step.mailbox().name(), messages.size()));
    }
    return new StepResult(Map.of("messages", messages), bytes);
  }

  private static FetchSpec spec(FetchMailStep step) {
    MailSearch.Builder search = MailSearch.builder();
    step.match().subject().ifPresent(search::subject);
    step.match().from().ifPresent(search::from);
    step.match().messageId().ifPresent(search::messageId);
    return FetchSpec.builder()
        .folder(step.folder())
        .limit(step.limit())
        .search(search.build())
        .build();
  }
}
