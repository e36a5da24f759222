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
import io.waybill.jobs.ValueType;
import io.waybill.jobs.ValueType.Scalar;
import io.waybill.mail.Message;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code mail.send}: one message, at most once for its key. */
public final class SendMailStepType implements StepType<SendMailStep> {
  private static final ValueType TEXTS = new ValueType.ListOf(Scalar.TEXT);

  @Override
  public String name() {
    return "mail.send";
  }

  @Override
  public String doc() {
    return "Sends one message; its bytes are frozen first, and a retry never sends it a second time.";
  }

  @Override
  public List<Key> keys() {
    return List.of(
        Key.required("via", Scalar.CONNECTION, "The smtp connection."),
        Key.optional("from", Scalar.TEXT, "The author; else the connection's \"from\"."),
        Key.required("to", TEXTS, "Recipients."),
        Key.optional("cc", TEXTS, "Recipients of a copy."),
        Key.optional("bcc", TEXTS, "Recipients that nobody sees."),
        Key.required("subject", Scalar.TEXT, "One line."),
        Key.optional("text", Scalar.TEXT, "The body as plain text."),
        Key.optional("html", Scalar.TEXT, "The body as HTML."),
        Key.optional(
            "attach", new ValueType.ListOf(Scalar.LOCATION), "Files of this machine to attach."),
        Key.optional(
            "dedupe",
            Scalar.TEXT,
            "At most one message is sent for a key, over all runs; else one for this step of this run."),
        Key.optional(
            "wait",
            new ValueType.OneOf(List.of("accepted", "queued")),
            "accepted",
            "How long the step stays with it: until a server took it, or until it is in the outbox."),
        Key.optional(
            "expire", Scalar.DURATION, "How long it is tried, at most 5d; 24h if not given."));
  }

  @Override
  public Map<String, String> outputs() {
    return Map.of(
        "message-id", "the Message-ID with its angle brackets",
        "subject", "the subject as it was sent",
        "accepted", "a list of the recipients that the server took responsibility for",
        "size", "the message's bytes",
        "outbox", "the id of its record in the outbox",
        "earlier", "whether the key was used before and nothing was sent");
  }

  @Override
  public SendMailStep bind(Arguments arguments, Connections connections) {
    Connection.Outgoing via = connections.require(arguments.text("via"), Connection.Outgoing.class);
    Message.Builder message = Message.builder();
    message.from(
        arguments
            .optionalText("from")
            .or(via::from)
            .orElseThrow(
                () ->
                    new JobException.Configuration(
                        "nobody is the author: set \"from\" here or on connection \""
                            + via.name()
                            + "\"")));
    arguments.texts("to").forEach(message::to);
    arguments.texts("cc").forEach(message::cc);
    arguments.texts("bcc").forEach(message::bcc);
    message.subject(arguments.text("subject"));
    arguments.optionalText("text").ifPresent(message::text);
    arguments.optionalText("html").ifPresent(message::html);
    arguments.texts("attach").forEach(file -> message.attach(attachment(file, connections)));
    return new SendMailStep(
        via,
        message.build(),
        arguments.optionalText("dedupe"),
        MailSubmission.Until.valueOf(arguments.text("wait").toUpperCase(Locale.ROOT)),
        arguments.optionalDuration("expire"));
  }

  private static Path attachment(String text, Connections connections) {
    if (!(Place.of(text, connections) instanceof Place.Local local)) {
      throw new JobException.Configuration(
          "\"attach\" takes files of this machine: copy " + text + " here in a step before");
    }
    Path file = local.toPath();
    if (!Files.isRegularFile(file)) {
      throw new JobException.NotFound("there is no file to attach: " + file);
    }
    return file;
  }

  @Override
  public StepHandler<SendMailStep> handler(StepServices services) {
    return new SendMailHandler(services.mail());
  }
}
