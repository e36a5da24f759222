package io.waybill.mail.inbox;

import io.waybill.mail.Address;
import io.waybill.mail.Attachment;
import io.waybill.mail.AutoSubmitted;
import io.waybill.mail.MailException;
import io.waybill.mail.Message;
import io.waybill.mail.mime.ParsedMail;
import io.waybill.mail.mime.ReceivedAttachment;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Begins messages that answer, or pass on, one that came. Mail that programs and lists wrote is
 * neither answered nor passed on (RFC 3834): two programs that do it to each other never end.
 */
public final class Replies {
  private static final Pattern MESSAGE_ID = Pattern.compile("<[!-;=?-~]{1,900}>");

  /** What other programs and languages put before the subjects of answers, counted ones too. */
  private static final Pattern ANSWERED =
      Pattern.compile("(?i)(re|aw|sv|antw|odp)(\\[[0-9]{1,3}\\])?:.*");

  private static final Pattern PASSED_ON = Pattern.compile("(?i)(fwd?|wg|tr):.*");
  private static final int MOST_REFERENCES = 20;
  private static final int MOST_SUBJECT = 900;

  private Replies() {}

  /** Returns why a message gets no answer; empty if it may get one. */
  public static Optional<String> refusal(ParsedMail mail) {
    if (mail.isAutomatic()) {
      return Optional.of("a program or a list wrote it, or it has no sender");
    }
    return answerTo(mail).isEmpty()
        ? Optional.of("it names nobody to answer to")
        : Optional.empty();
  }

  private static List<Address> answerTo(ParsedMail mail) {
    return mail.replyTo().isEmpty() ? mail.from() : mail.replyTo();
  }

  /**
   * Begins an answer to whoever a message wants answers sent to, from the null sender and marked as
   * automatic, within its thread. Author and body are still to be set.
   *
   * @param toAll whether also to all others who have the message
   * @param self to whom it does not go, even so
   * @throws MailException.InvalidMessage if it gets no answer, as {@link #refusal} says
   */
  public static Message.Builder reply(ParsedMail mail, boolean toAll, Set<Address> self) {
    requireAnswerable(mail);
    Message.Builder reply =
        Message.builder()
            .subject(prefixed("Re", ANSWERED, mail.subject()))
            .autoSubmitted(AutoSubmitted.AUTO_REPLIED);
    Set<Address> known = new LinkedHashSet<>(self);
    answerTo(mail).stream().filter(known::add).forEach(reply::to);
    if (toAll) {
      List<Address> others = new ArrayList<>(mail.to());
      others.addAll(mail.cc());
      others.stream().filter(known::add).forEach(reply::cc);
    }
    thread(mail, reply);
    return reply;
  }

  /**
   * Begins a message that has another one attached, byte for byte. Author and recipients are still
   * to be set.
   *
   * @throws MailException.InvalidMessage if it is not passed on, as {@link #refusal} says
   */
  public static Message.Builder forward(InboundMail mail) {
    return passedOn(mail.mail()).attach(Attachment.of("message.eml", Attachment.MAIL, mail::open));
  }

  /**
   * Begins a message that has attached to it what is attached to another one. Author, recipients
   * and the body, which may tell what the other one says, are still to be set.
   *
   * @throws MailException.InvalidMessage if it is not passed on, as {@link #refusal} says
   */
  public static Message.Builder forwardInline(ParsedMail mail) {
    Message.Builder forward = passedOn(mail);
    for (ReceivedAttachment each : mail.attachments()) {
      forward.attach(Attachment.of(each.name(), each.contentType(), each::open));
    }
    return forward;
  }

  private static Message.Builder passedOn(ParsedMail mail) {
    requireAnswerable(mail);
    Message.Builder forward =
        Message.builder()
            .subject(prefixed("Fwd", PASSED_ON, mail.subject()))
            .autoSubmitted(AutoSubmitted.AUTO_GENERATED);
    thread(mail, forward);
    return forward;
  }

  private static void requireAnswerable(ParsedMail mail) {
    refusal(mail)
        .ifPresent(
            why -> {
              throw new MailException.InvalidMessage("message to answer", -1, "gets none: " + why);
            });
  }

  /** What others wrote may hold anything; what is no Message-ID is left out. */
  private static void thread(ParsedMail mail, Message.Builder answer) {
    Optional<String> id = mail.messageId().filter(each -> MESSAGE_ID.matcher(each).matches());
    id.ifPresent(answer::inReplyTo);
    List<String> before =
        MESSAGE_ID
            .matcher(mail.header("References").or(() -> mail.header("In-Reply-To")).orElse(""))
            .results()
            .map(match -> match.group())
            .toList();
    Set<String> all = new LinkedHashSet<>(before);
    id.ifPresent(all::add);
    List<String> kept = List.copyOf(all);
    if (!kept.isEmpty()) {
      answer.references(
          kept.subList(Math.max(0, kept.size() - MOST_REFERENCES), kept.size())
              .toArray(String[]::new));
    }
  }

  private static String prefixed(String prefix, Pattern known, String subject) {
    String line = subject.replaceAll("[\\p{Cntrl}\u2028\u2029]+", " ").strip();
    String cut = line.length() > MOST_SUBJECT ? line.substring(0, MOST_SUBJECT) : line;
    return known.matcher(cut).matches() ? cut : prefix + ": " + cut;
  }
}
