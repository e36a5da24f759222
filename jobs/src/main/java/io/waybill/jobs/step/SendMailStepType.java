package io.waybill.jobs.step;

import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connection;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Key;
import io.waybill.jobs.MailSubmission;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueKind;
import io.waybill.mail.Attachment;
import io.waybill.mail.AutoSubmitted;
import io.waybill.mail.DsnRequest;
import io.waybill.mail.InlinePart;
import io.waybill.mail.MailException;
import io.waybill.mail.Message;
import io.waybill.mail.MessagePriority;
import io.waybill.mail.outbox.OutboxSettings;
import io.waybill.mail.template.HtmlText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code mail.send}: one message, at most once for its key. */
public final class SendMailStepType implements StepType<SendMailStep> {

  @Override
  public String name() {
    return "mail.send";
  }

  @Override
  public String doc() {
    return "Sends one message; its bytes are frozen first, and a retry never sends it a second"
        + " time.";
  }

  @Override
  public List<Key> keys() {
    return SendMailKeys.ALL;
  }

  @Override
  public Map<String, String> outputs() {
    return Map.of(
        "message-id", "the Message-ID with its angle brackets",
        "subject", "the subject as it was sent",
        "accepted", "a list of the recipients that the server took responsibility for",
        "size", "the message's bytes",
        "outbox", "the id of its record in the outbox",
        "earlier", "whether the message of this key was sent before, and nothing was sent now");
  }

  @Override
  public Map<String, ValueKind> outputKinds() {
    return Map.of(
        "message-id",
        ValueKind.TEXT,
        "subject",
        ValueKind.TEXT,
        "accepted",
        ValueKind.LIST,
        "size",
        ValueKind.NUMBER,
        "outbox",
        ValueKind.TEXT,
        "earlier",
        ValueKind.FLAG);
  }

  @Override
  public Map<String, String> contradictions(Set<String> given) {
    return SendMailKeys.contradictions(given);
  }

  @Override
  public SendMailStep bind(Arguments arguments, Connections connections) {
    contradictions(arguments.asMap().keySet()).values().stream()
        .findFirst()
        .ifPresent(
            why -> {
              throw new JobException.Configuration(why);
            });
    Connection.Outgoing via = connections.require(arguments.text("via"), Connection.Outgoing.class);
    Message.Builder message = Message.builder();
    message.from(author(arguments, via));
    arguments.texts("reply-to").forEach(message::replyTo);
    arguments.texts("to").forEach(message::to);
    arguments.texts("cc").forEach(message::cc);
    arguments.texts("bcc").forEach(message::bcc);
    message.subject(arguments.text("subject"));
    Optional<String> html = arguments.optionalText("html");
    html.ifPresent(message::html);
    arguments.optionalText("text").or(() -> html.map(HtmlText::of)).ifPresent(message::text);
    arguments.map("headers").forEach((name, value) -> header(message, name, (String) value));
    message.priority(MessagePriority.valueOf(constant(arguments.text("priority"))));
    autoSubmitted(arguments.text("auto-submitted")).ifPresent(message::autoSubmitted);
    returnPath(arguments, message);
    dsn(arguments.texts("dsn")).ifPresent(message::dsn);
    return new SendMailStep(
        via,
        draft(arguments, connections, message),
        arguments.optionalText("dedupe"),
        MailSubmission.Until.valueOf(constant(arguments.text("wait"))),
        arguments.optionalDuration("expire").map(SendMailStepType::expiry));
  }

  /**
   * Returns the author, as the step or its connection names one.
   *
   * @throws JobException.Configuration if neither does
   */
  static String author(Arguments arguments, Connection.Outgoing via) {
    return arguments
        .optionalText("from")
        .or(via::from)
        .orElseThrow(
            () ->
                new JobException.Configuration(
                    "nobody is the author: set \"from\" here or on connection \""
                        + via.name()
                        + "\""));
  }

  static Duration expiry(Duration given) {
    if (given.isZero() || given.compareTo(OutboxSettings.LONGEST_EXPIRY) > 0) {
      throw new JobException.Configuration("\"expire\" is longer than nothing and at most 5d");
    }
    return given;
  }

  private static MailDraft draft(
      Arguments arguments, Connections connections, Message.Builder message) {
    MailDraft.Builder draft = MailDraft.builder(message);
    arguments.texts("attach").forEach(file -> draft.attach(attachment(file, connections)));
    arguments
        .optionalText("template")
        .ifPresent(file -> draft.template(template(file), arguments.map("data")));
    arguments
        .map("inline")
        .forEach(
            (name, text) -> {
              Path file = Path.of((String) text);
              draft.inline(new InlinePart(name, Attachment.of(file)), file);
            });
    arguments.optionalText("calendar").map(Path::of).ifPresent(draft::calendar);
    arguments.group("sign").ifPresent(sign -> draft.sign(smimeKey(sign)));
    return draft.build();
  }

  private static SmimeKey smimeKey(Arguments sign) {
    return new SmimeKey(
        Path.of(sign.text("file")),
        sign.secret("password")
            .orElseThrow(
                () ->
                    new JobException.Configuration(
                        "\"sign\" needs the \"password\" of its file, a secret")));
  }

  static Path attachment(String text, Connections connections) {
    if (!(Place.tellable(text, connections) instanceof Place.Local local)) {
      throw new JobException.Configuration(
          "\"attach\" takes files of this machine: copy " + text + " here in a step before");
    }
    return local.toPath();
  }

  static Path template(String file) {
    if (!file.toLowerCase(Locale.ROOT).matches("(?s).*\\.(html?|txt)")) {
      throw new JobException.Configuration(
          "\"template\" is a file that ends in .html, .htm or .txt, and not " + file);
    }
    return Path.of(file);
  }

  private static void header(Message.Builder message, String name, String value) {
    try {
      message.header(name, value);
    } catch (MailException.InvalidMessage e) {
      throw new JobException.Configuration("\"headers\": " + e.getMessage(), e);
    }
  }

  private static Optional<AutoSubmitted> autoSubmitted(String word) {
    return word.equals("no")
        ? Optional.empty()
        : Optional.of(AutoSubmitted.valueOf(constant(word)));
  }

  private static void returnPath(Arguments arguments, Message.Builder message) {
    Optional<String> sender = arguments.optionalText("envelope-from");
    boolean isNull = arguments.flag("null-sender");
    if (sender.isPresent() && isNull) {
      throw new JobException.Configuration(
          "\"envelope-from\" says where bounces go, and \"null-sender\" that none are wanted; leave"
              + " one out");
    }
    sender.ifPresent(message::envelopeFrom);
    if (isNull) {
      message.nullSender();
    }
  }

  private static Optional<DsnRequest> dsn(List<String> words) {
    if (words.isEmpty()) {
      return Optional.empty();
    }
    if (words.equals(List.of(SendMailKeys.NEVER))) {
      return Optional.of(DsnRequest.never());
    }
    if (words.contains(SendMailKeys.NEVER)) {
      throw new JobException.Configuration("\"dsn: never\" stands alone");
    }
    Set<DsnRequest.Notify> events = EnumSet.noneOf(DsnRequest.Notify.class);
    words.forEach(word -> events.add(DsnRequest.Notify.valueOf(constant(word))));
    return Optional.of(new DsnRequest(events, Optional.empty(), Optional.empty()));
  }

  private static String constant(String word) {
    return word.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  @Override
  public StepHandler<SendMailStep> handler(StepServices services) {
    return new SendMailHandler(services.mail());
  }
}
