package io.waybill.jobs.step;

import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Key;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepParts;
import io.waybill.jobs.StepParts.Part;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueKind;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.ValueType.Scalar;
import io.waybill.jobs.step.SaveAttachmentsStep.IfExists;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code mail.save-attachments}: what is attached to messages, as files. */
final class SaveAttachmentsStepType implements StepType<SaveAttachmentsStep> {
  /** What the text of a name can read of an attachment, under {@code attachment}. */
  static final List<String> OF_AN_ATTACHMENT =
      List.of("name", "stem", "extension", "raw-name", "size", "type", "index");

  @Override
  public String name() {
    return "mail.save-attachments";
  }

  @Override
  public String doc() {
    return "Saves what is attached to messages as files of this machine, each once and whole;"
        + " nothing that is there is replaced.";
  }

  @Override
  public List<Key> keys() {
    return List.of(
        MailItem.MESSAGE,
        FileKeys.MATCH,
        Key.required(
                "to",
                Scalar.LOCATION,
                "The directory of this machine into which they go; made if it is missing.")
            .withExample("/srv/waybill/in/invoices/"),
        Key.optional(
                "name",
                new ValueType.PerItem(
                    Map.of("attachment", OF_AN_ATTACHMENT, "message", MailItem.NAMES)),
                "How each is called: `${message.date | format('yyyyMMdd')}-${attachment.name}`; by"
                    + " attachment.name, which is safe, if not given.")
            .withExample("\"${message.date | format('yyyyMMdd')}-${attachment.name}\""),
        Key.optional(
            "max-size",
            Scalar.SIZE,
            "150MB",
            "Of a message with a larger attachment none is saved, and the step fails."),
        Key.optional(
            "inline",
            Scalar.BOOLEAN,
            "false",
            "Whether also pictures are saved that the message's HTML shows."),
        Key.optional(
            "if-exists",
            new ValueType.OneOf(List.of("number", "keep", "fail")),
            "number",
            "Where a name is taken: a number is added; or a file of the same content counts as"
                + " saved, and any other is a failure; or it is a failure."),
        FileKeys.expect());
  }

  @Override
  public boolean isLocal(StepResult result) {
    return FileKeys.isAnyHere(result);
  }

  @Override
  public Map<String, String> outputs() {
    return Map.of(
        "files",
            "a list with name, location, path, source, size, digest, type, attachment, message-id"
                + " of each file",
        "bytes", "the sum of the files' sizes",
        "left-out", "a list of the attachments that `match` does not take");
  }

  @Override
  public Map<String, ValueKind> outputKinds() {
    return Map.of(
        "files",
        ValueKind.listOf(
            "name",
            "location",
            "path",
            "source",
            "size",
            "digest",
            "type",
            "attachment",
            "message-id"),
        "bytes",
        ValueKind.NUMBER,
        "left-out",
        ValueKind.LIST);
  }

  @Override
  public SaveAttachmentsStep bind(Arguments arguments, Connections connections) {
    StepParts parts = new StepParts();
    Part<List<MailItem>> messages =
        parts.part(MailItem.MESSAGE.name(), () -> MailItem.of(arguments, connections));
    Part<FileMatch> match = parts.part(() -> FileMatch.of(arguments));
    Part<Path> to = parts.part("to", () -> directory(arguments.text("to"), connections));
    return parts.together(
        () ->
            new SaveAttachmentsStep(
                messages.get(),
                new SaveAttachmentsStep.Wanted(
                    match.get(), arguments.integer("max-size"), arguments.flag("inline")),
                new SaveAttachmentsStep.Target(
                    to.get(),
                    arguments.itemText("name"),
                    IfExists.valueOf(arguments.text("if-exists").toUpperCase(Locale.ROOT))),
                arguments.group("expect").map(e -> e.integer("min-files")).orElse(0L)));
  }

  private static Path directory(String text, Connections connections) {
    if (!(Place.of(text, connections) instanceof Place.Local local)) {
      throw new JobException.Configuration(
          "\"to\" is a directory of this machine: save the attachments here, and copy \"${steps.ID.files}\" to %s in a step after it"
              .formatted(text));
    }
    return local.toPath();
  }

  @Override
  public StepHandler<SaveAttachmentsStep> handler(StepServices services) {
    return (step, call) -> new SaveAttachmentsAttempt(services, call, step).run();
  }
}
