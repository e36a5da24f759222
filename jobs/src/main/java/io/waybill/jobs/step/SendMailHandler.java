package io.waybill.jobs.step;

import io.waybill.jobs.JobException;
import io.waybill.jobs.MailSubmission;
import io.waybill.jobs.Rehearsal;
import io.waybill.jobs.StepCall;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepResult;
import io.waybill.mail.Message;
import io.waybill.mail.MessageSeal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Carries out {@code mail.send}. */
final class SendMailHandler implements StepHandler<SendMailStep> {
  private final MailSubmission submission;

  SendMailHandler(MailSubmission submission) {
    this.submission = submission;
  }

  @Override
  public Rehearsal rehearse(SendMailStep step, StepCall call) {
    return MailRehearsal.of(step.via(), step.draft().compose(call.values()));
  }

  private static String key(SendMailStep step, StepCall call) {
    return step.dedupe().orElse(call.attempt().runId() + "/" + call.attempt().stepId());
  }

  private static MailSubmission.Composer composer(MailDraft draft, StepCall call) {
    return new MailSubmission.Composer() {
      @Override
      public Message compose() {
        return draft.compose(call.values());
      }

      @Override
      public List<MessageSeal> seals() {
        return draft.seals();
      }
    };
  }

  @Override
  public Optional<String> abandon(SendMailStep step, StepCall call) {
    return submission.abandon(key(step, call));
  }

  @Override
  public StepResult execute(SendMailStep step, StepCall call) {
    String key = key(step, call);
    call.progress().moved(step.draft().subject(), 0, -1);
    MailSubmission.Receipt receipt =
        submission.submit(
            new MailSubmission.Request(
                step.via(), composer(step.draft(), call), key, step.until(), step.expiry()),
            call);
    if (!receipt.refused().isEmpty()) {
      throw new JobException.Partial(
          "%s was accepted for %s and refused for %s; it is not sent again to those who have it"
              .formatted(receipt.messageId(), receipt.accepted(), receipt.refused()));
    }
    String subject = sentSubject(step, receipt);
    if (receipt.isEarlier()) {
      call.progress().noted("sent earlier, not again: " + subject);
    }
    Map<String, Object> outputs = new LinkedHashMap<>();
    outputs.put("message-id", receipt.messageId());
    outputs.put("subject", subject);
    outputs.put("accepted", receipt.accepted());
    outputs.put("size", receipt.sizeBytes());
    outputs.put("outbox", receipt.outboxId());
    outputs.put("earlier", receipt.isEarlier());
    return new StepResult(outputs, receipt.sizeBytes());
  }

  // of a key that was used before, it is the other message's; the outbox keeps the beginning of it
  private static String sentSubject(SendMailStep step, MailSubmission.Receipt receipt) {
    String drafted = step.draft().subject();
    return drafted.startsWith(receipt.subject()) ? drafted : receipt.subject();
  }
}
