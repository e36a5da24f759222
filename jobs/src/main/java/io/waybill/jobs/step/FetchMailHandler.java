package io.waybill.jobs.step;

import io.waybill.jobs.JobException;
import io.waybill.jobs.StepCall;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.mail.imap.FetchSpec;
import io.waybill.mail.imap.MailboxReader;
import io.waybill.mail.inbox.InboundMail;
import io.waybill.mail.inbox.MailSearch;
import io.waybill.mail.mime.ParsedMail;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Carries out {@code mail.fetch}. */
final class FetchMailHandler implements StepHandler<FetchMailStep> {
  private final StepServices services;

  FetchMailHandler(StepServices services) {
    this.services = services;
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
