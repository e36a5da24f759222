package io.waybill.mail.smtp;

import io.waybill.mail.Address;
import io.waybill.mail.DeliveryJournal;
import io.waybill.mail.FrozenMessage;
import io.waybill.mail.RecipientResult;
import io.waybill.mail.RecipientResult.Phase;
import io.waybill.mail.RecipientResult.Status;
import io.waybill.mail.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries one message through MAIL, RCPT, DATA and the final dot, and keeps what was answered for
 * each recipient.
 */
final class SmtpTransaction {
  private static final Logger log = LoggerFactory.getLogger(SmtpTransaction.class);

  private final SmtpSession session;
  private final FrozenMessage message;
  private final DeliveryJournal journal;
  private final SmtpSession.Stage stage;
  private final Map<Address, RecipientResult> results = new LinkedHashMap<>();

  SmtpTransaction(
      SmtpSession session,
      FrozenMessage message,
      DeliveryJournal journal,
      SmtpSession.Stage stage) {
    this.session = session;
    this.message = message;
    this.journal = journal;
    this.stage = stage;
  }

  /**
   * Returns a result for each recipient. An exception means that the final dot was not sent; once
   * it was, whatever goes wrong is a result.
   */
  List<RecipientResult> run() throws IOException {
    for (Address recipient : message.envelope().recipients()) {
      results.put(
          recipient, RecipientResult.of(recipient, Status.NOT_ATTEMPTED, Phase.SESSION, null));
    }
    session.markUsed();
    if (mail() && recipients() && data()) {
      content();
      dot();
    }
    return List.copyOf(results.values());
  }

  private boolean mail() throws IOException {
    stage.enter("MAIL");
    String sender = message.envelope().sender().map(Address::address).orElse("");
    String size = session.offers("SIZE") ? " SIZE=" + message.sizeBytes() : "";
    Reply reply = session.command("MAIL FROM:<" + sender + ">" + size);
    if (!reply.isPositive()) {
      refuseRest(Phase.MAIL, reply);
    }
    return reply.isPositive();
  }

  private boolean recipients() throws IOException {
    stage.enter("RCPT");
    boolean any = false;
    for (Address recipient : List.copyOf(results.keySet())) {
      Reply reply = session.command("RCPT TO:<" + recipient.address() + ">");
      any |= reply.isPositive();
      results.put(
          recipient,
          reply.isPositive()
              ? RecipientResult.of(recipient, Status.NOT_ATTEMPTED, Phase.RCPT, reply)
              : RecipientResult.refused(recipient, Phase.RCPT, reply));
    }
    if (!any) {
      reset();
    }
    return any;
  }

  private boolean data() throws IOException {
    stage.enter("DATA");
    Reply reply = session.command("DATA");
    if (reply.code() == 354) {
      return true;
    }
    if (reply.isPositive()) {
      throw new IOException("the server answered DATA with " + reply.code());
    }
    refuseRest(Phase.DATA, reply);
    reset();
    return false;
  }

  private void content() throws IOException {
    stage.enter("content");
    try (InputStream content = open()) {
      session.wire().writeContent(content);
    }
    stage.enter("journal before the final dot");
    journal.beforeFinalDot(List.copyOf(results.values()));
  }

  private InputStream open() throws SmtpFailure {
    try {
      return message.open();
    } catch (IOException e) {
      throw new SmtpFailure(
          SmtpFailure.Kind.CONTENT, "the frozen message cannot be opened", null, e);
    }
  }

  private void dot() {
    stage.enter("final dot");
    try {
      session.wire().replyTimeout(session.account().dataReplyTimeout());
      Reply reply = session.wire().command(".");
      session.wire().replyTimeout(session.account().commandTimeout());
      for (Address recipient : pending()) {
        results.put(
            recipient,
            reply.isPositive()
                ? RecipientResult.of(recipient, Status.ACCEPTED, Phase.DOT, reply)
                : RecipientResult.refused(recipient, Phase.DOT, reply));
      }
    } catch (IOException e) {
      // Not an exception for the caller: that nobody knows is a result, and must be kept as one.
      log.warn(
          "mail.unknown message-id={} recipients={} error={}",
          message.messageId(),
          pending().size(),
          e.toString());
      for (Address recipient : pending()) {
        results.put(recipient, RecipientResult.of(recipient, Status.UNKNOWN, Phase.DOT, null));
      }
      abort(e);
    }
  }

  private void abort(IOException reason) {
    try {
      session.abort();
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  private void refuseRest(Phase phase, Reply reply) {
    for (Address recipient : pending()) {
      results.put(recipient, RecipientResult.refused(recipient, phase, reply));
    }
  }

  private List<Address> pending() {
    List<Address> pending = new ArrayList<>();
    for (RecipientResult result : results.values()) {
      if (result.status() == Status.NOT_ATTEMPTED) {
        pending.add(result.recipient());
      }
    }
    return pending;
  }

  /** Leaves the session fit for the next message; one that fails at this is not used again. */
  private void reset() {
    try {
      if (!session.command("RSET").isPositive()) {
        session.abort();
      }
    } catch (IOException e) {
      // All answers are in; only the connection is lost.
      log.debug("mail.reset-failed error={}", e.toString());
      abort(e);
    }
  }
}
