package io.waybill.jobs.step;

import io.waybill.jobs.JobException;
import io.waybill.jobs.StepCall;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.mail.Address;
import io.waybill.mail.imap.FetchSpec;
import io.waybill.mail.imap.MailboxReader;
import io.waybill.mail.inbox.InboundMail;
import io.waybill.mail.inbox.MailSearch;
import io.waybill.mail.mime.ParsedMail;
import io.waybill.mail.mime.ReceivedAttachment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Carries out {@code mail.fetch}. */
final class FetchMailHandler implements StepHandler<FetchMailStep> {
  private static final int MAX_TEXT_CHARS = 2_000;
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
          messages.add(plain(mail.uid(), parsed));
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

  private static Map<String, Object> plain(long uid, ParsedMail mail) {
    Map<String, Object> plain = new LinkedHashMap<>();
    plain.put("uid", uid);
    plain.put("message-id", mail.messageId().orElse(""));
    plain.put("subject", mail.subject());
    plain.put("from", mail.from().stream().map(Address::address).collect(Collectors.joining(", ")));
    mail.date().ifPresent(date -> plain.put("date", date.toString()));
    plain.put("size", mail.sizeBytes());
    plain.put("text", mail.text().map(FetchMailHandler::bounded).orElse(""));
    plain.put("attachments", mail.attachments().stream().map(FetchMailHandler::plain).toList());
    plain.put("defects", mail.defects().stream().map(String::valueOf).toList());
    return plain;
  }

  private static Map<String, Object> plain(ReceivedAttachment attachment) {
    return Map.of(
        "name", attachment.name(),
        "type", attachment.contentType(),
        "size", attachment.sizeBytes(),
        "digest", attachment.sha256());
  }

  // A run's record keeps what a step left behind; whole bodies do not belong there.
  private static String bounded(String text) {
    return text.length() <= MAX_TEXT_CHARS ? text : text.substring(0, MAX_TEXT_CHARS);
  }
}
