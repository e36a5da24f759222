package io.waybill.mail.smtp;

import io.waybill.mail.Address;
import io.waybill.mail.DeliveryJournal;
import io.waybill.mail.FrozenMessage;
import io.waybill.mail.RecipientResult.Phase;
import io.waybill.mail.RecipientResult.Status;
import io.waybill.mail.Reply;
import io.waybill.mail.SendTimings;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries a message to one group of recipients: MAIL, RCPT, DATA, content and the final dot.
 *
 * <p>Where the server knows PIPELINING (RFC 2920), the commands up to DATA travel together, and a
 * message costs two round trips however many recipients it has.
 */
final class SmtpTransaction {
  private static final Logger log = LoggerFactory.getLogger(SmtpTransaction.class);
  // What a server answers to so many fits into its socket's buffer while we still write.
  private static final int COMMANDS_TOGETHER = 100;

  private final SmtpSession session;
  private final FrozenMessage message;
  private final EnvelopeCommands commands;
  private final RecipientResults results;
  private final DeliveryJournal journal;
  private final SmtpSession.Stage stage;
  private final List<Address> accepted = new ArrayList<>();
  private final List<Address> tooMany = new ArrayList<>();
  private SendTimings timings = SendTimings.NONE;

  SmtpTransaction(
      SmtpSession session,
      FrozenMessage message,
      RecipientResults results,
      DeliveryJournal journal,
      SmtpSession.Stage stage) {
    this.session = session;
    this.message = message;
    this.commands = new EnvelopeCommands(message, session.capabilities());
    this.results = results;
    this.journal = journal;
    this.stage = stage;
  }

  /**
   * Notes a result for each of the group, but for those of whom the server said that they are too
   * many at a time: they are returned. An exception means that the final dot was not sent; once it
   * was, whatever goes wrong is a result.
   */
  List<Address> run(List<Address> group) throws IOException {
    long begun = System.nanoTime();
    boolean goesOn = session.capabilities().offers("PIPELINING") ? together(group) : inTurn(group);
    long asked = System.nanoTime();
    timings = timings.plus(spent(asked - begun, 0, 0));
    if (goesOn) {
      content();
      long written = System.nanoTime();
      dot();
      timings = timings.plus(spent(0, written - asked, System.nanoTime() - written));
    }
    if (!tooMany.isEmpty()) {
      session.learnMostRecipients(accepted.size());
    }
    return tooMany;
  }

  SendTimings timings() {
    return timings;
  }

  private static SendTimings spent(long envelope, long content, long reply) {
    return new SendTimings(
        Duration.ZERO,
        Duration.ofNanos(envelope),
        Duration.ofNanos(content),
        Duration.ofNanos(reply));
  }

  private boolean inTurn(List<Address> group) throws IOException {
    stage.enter("MAIL");
    Reply mail = session.command(commands.mail());
    if (!mail.isCompletion()) {
      results.refuse(group, Phase.MAIL, mail);
      return false;
    }
    stage.enter("RCPT");
    for (Address recipient : group) {
      hearRecipient(recipient, session.command(commands.recipient(recipient)));
    }
    if (accepted.isEmpty()) {
      reset();
      return false;
    }
    stage.enter("DATA");
    return hearData(session.command("DATA"));
  }

  private boolean together(List<Address> group) throws IOException {
    SmtpWire wire = session.wire();
    wire.write(commands.mail());
    for (int from = 0; from < group.size(); from += COMMANDS_TOGETHER) {
      List<Address> part = group.subList(from, Math.min(group.size(), from + COMMANDS_TOGETHER));
      for (Address recipient : part) {
        wire.write(commands.recipient(recipient));
      }
      boolean isLast = from + part.size() == group.size();
      if (isLast) {
        wire.write("DATA");
      }
      wire.flush();
      if (from == 0) {
        stage.enter("MAIL");
        Reply mail = session.reply();
        if (!mail.isCompletion()) {
          results.refuse(group, Phase.MAIL, mail);
          return skipReplies(part.size(), isLast);
        }
      }
      stage.enter("RCPT");
      for (Address recipient : part) {
        hearRecipient(recipient, session.reply());
      }
    }
    stage.enter("DATA");
    return hearData(session.reply());
  }

  /** What follows a refused MAIL is refused too, but it has to be read. */
  private boolean skipReplies(int recipients, boolean withData) throws IOException {
    for (int i = 0; i < recipients; i++) {
      session.reply();
    }
    if (withData && session.reply().code() == 354) {
      endEmpty();
    }
    return false;
  }

  private void hearRecipient(Address recipient, Reply reply) {
    if (reply.isCompletion()) {
      accepted.add(recipient);
    } else if (!accepted.isEmpty() && reply.isTooManyRecipients()) {
      tooMany.add(recipient);
    } else {
      results.refuse(List.of(recipient), Phase.RCPT, reply);
    }
  }

  private boolean hearData(Reply reply) throws IOException {
    if (reply.code() == 354) {
      if (accepted.isEmpty()) {
        endEmpty(); // DATA travelled with recipients of whom none was taken
      }
      return !accepted.isEmpty();
    }
    if (reply.isPositive()) {
      throw new IOException("the server answered DATA with " + reply.code());
    }
    results.refuse(accepted, Phase.DATA, reply);
    reset();
    return false;
  }

  /** RFC 2920 3.1: content for nobody is ended at once; the server refuses it, or drops it. */
  private void endEmpty() throws IOException {
    session.command(".");
  }

  private void content() throws IOException {
    stage.enter("content");
    try (InputStream content = open()) {
      session.wire().writeContent(content);
    }
    stage.enter("journal before the final dot");
    journal.beforeFinalDot(results.withUnknown(accepted));
    // The journal may have taken its time. As long as nothing of the dot was written, nobody has
    // it.
    if (session.wire().isOver()) {
      throw new EOFException("the connection ended before the final dot");
    }
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
      session.wire().write(".");
      session.wire().flush();
      Reply reply = session.replyToDot();
      if (reply.isCompletion()) {
        results.all(accepted, Status.ACCEPTED, Phase.DOT, reply);
      } else if (reply.isPositive()) {
        throw new IOException("the server answered the final dot with " + reply.code());
      } else {
        results.refuse(accepted, Phase.DOT, reply);
      }
    } catch (IOException e) {
      // Not an exception for the caller: that nobody knows is a result, and must be kept as one.
      log.warn(
          "mail.unknown message-id={} recipients={} error={}",
          message.messageId(),
          accepted.size(),
          e.toString());
      results.withUnknown(accepted).forEach(results::put);
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

  /** Leaves the session fit for the next message; one that fails at this is not used again. */
  private void reset() {
    try {
      if (!session.command("RSET").isCompletion()) {
        session.abort();
      }
    } catch (IOException e) {
      // All answers are in; only the connection is lost.
      log.debug("mail.reset-failed error={}", e.toString());
      abort(e);
    }
  }
}
