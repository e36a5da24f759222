package io.waybill.jobs.step;

import io.waybill.jobs.ArgumentMistake;
import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connection;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Key;
import io.waybill.jobs.MailSubmission;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepParts;
import io.waybill.jobs.StepParts.Part;
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
import java.util.function.Consumer;
import java.util.function.Function;

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
    StepParts parts = new StepParts();
    Part<Arguments> fitting = parts.part(() -> SendMailKeys.requireFitting(arguments));
    Part<Connection.Outgoing> via = parts.part("via", () -> via(arguments, connections));
    Message.Builder message = Message.builder();
    parts.check("from", () -> message.from(author(arguments, via)));
    addresses(parts, "reply-to", arguments, message::replyTo);
    addresses(parts, "to", arguments, message::to);
    addresses(parts, "cc", arguments, message::cc);
    addresses(parts, "bcc", arguments, message::bcc);
    parts.check("subject", () -> message.subject(arguments.text("subject")));
    parts.check("html", () -> arguments.optionalText("html").ifPresent(message::html));
    parts.check("text", () -> text(arguments).ifPresent(message::text));
    headers(parts, arguments, message);
    parts.check("priority", () -> message.priority(priority(arguments)));
    parts.check(
        "auto-submitted",
        () -> autoSubmitted(arguments.text("auto-submitted")).ifPresent(message::autoSubmitted));
    parts.check("envelope-from", () -> returnPath(arguments, message));
    parts.check("dsn", () -> dsn(arguments.texts("dsn")).ifPresent(message::dsn));
    MailDraft.Builder draft = MailDraft.builder(message);
    content(parts, arguments, connections, draft);
    Part<Optional<Duration>> expiry = expiry(parts, arguments);
    return parts.together(
        () ->
            new SendMailStep(
                via.get(),
                draft.build(),
                fitting.get().optionalText("dedupe"),
                MailSubmission.Until.valueOf(constant(arguments.text("wait"))),
                expiry.get()));
  }

  static Connection.Outgoing via(Arguments arguments, Connections connections) {
    return connections.require(arguments.text("via"), Connection.Outgoing.class);
  }

  /**
   * Returns the author, as the step or its connection names one.
   *
   * @throws JobException.Configuration if neither does
   */
  static String author(Arguments arguments, Part<Connection.Outgoing> via) {
    return arguments
        .optionalText("from")
        .or(() -> via.get().from())
        .orElseThrow(
            () ->
                new JobException.Configuration(
                    "nobody is the author: set \"from\" here or on connection \""
                        + via.get().name()
                        + "\""));
  }

  /** Adds the addresses of a key, each of which may be wrong. */
  static void addresses(
      StepParts parts, String key, Arguments arguments, Function<String, Message.Builder> adding) {
    Part<List<Message.Builder>> unused = parts.each(key, () -> arguments.texts(key), adding);
  }

  /** Adds the header fields, each of which may be wrong. */
  static void headers(StepParts parts, Arguments arguments, Message.Builder message) {
    Part<Map<String, Message.Builder>> unused =
        parts.each(
            "headers",
            () -> arguments.map("headers"),
            (name, value) -> header(message, name, (String) value),
            name -> header(Message.builder(), name, "x"));
  }

  static Part<Optional<Duration>> expiry(StepParts parts, Arguments arguments) {
    return parts.part(
        "expire", () -> arguments.optionalDuration("expire").map(SendMailStepType::expiry));
  }

  private static Optional<String> text(Arguments arguments) {
    return arguments
        .optionalText("text")
        .or(() -> arguments.optionalText("html").map(HtmlText::of));
  }

  private static MessagePriority priority(Arguments arguments) {
    return MessagePriority.valueOf(constant(arguments.text("priority")));
  }

  private static Duration expiry(Duration given) {
    if (given.isZero() || given.compareTo(OutboxSettings.LONGEST_EXPIRY) > 0) {
      throw new JobException.Configuration("\"expire\" is longer than nothing and at most 5d");
    }
    return given;
  }

  private static void content(
      StepParts parts, Arguments arguments, Connections connections, MailDraft.Builder draft) {
    attachments(parts, arguments, connections, draft::attach);
    parts.check(
        "template",
        () ->
            arguments
                .optionalText("template")
                .ifPresent(file -> draft.template(template(file), arguments.map("data"))));
    Part<Map<String, MailDraft.Builder>> unused =
        parts.each(
            "inline",
            () -> arguments.map("inline"),
            (name, text) -> {
              Path file = Path.of((String) text);
              return draft.inline(new InlinePart(name, Attachment.of(file)), file);
            },
            name -> new InlinePart(name, Attachment.of(Path.of("x"))));
    parts.check(
        "calendar",
        () -> arguments.optionalText("calendar").map(Path::of).ifPresent(draft::calendar));
    parts.check(
        "sign", () -> arguments.group("sign").ifPresent(sign -> draft.sign(smimeKey(sign))));
  }

  /** Adds the files of {@code attach}, each of which may be elsewhere. */
  static void attachments(
      StepParts parts, Arguments arguments, Connections connections, Consumer<Path> adding) {
    Part<List<Path>> unused =
        parts.each(
            "attach",
            () -> arguments.texts("attach"),
            text -> {
              Path file = attachment(text, connections);
              adding.accept(file);
              return file;
            });
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

  private static Message.Builder header(Message.Builder message, String name, String value) {
    try {
      return message.header(name, value);
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
  public List<ArgumentMistake> doubts(Arguments arguments) {
    return SuppliedFiles.ofMessage(arguments);
  }

  @Override
  public StepHandler<SendMailStep> handler(StepServices services) {
    return new SendMailHandler(services.mail());
  }
}
