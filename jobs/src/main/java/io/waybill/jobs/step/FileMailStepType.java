package io.waybill.jobs.step;

import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Key;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepParts;
import io.waybill.jobs.StepParts.Part;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueKind;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.ValueType.Scalar;
import io.waybill.jobs.step.FileMailStep.Destination;
import io.waybill.mail.FieldText;
import io.waybill.mail.MailException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code mail.file}: puts messages of a mailbox where they belong. */
final class FileMailStepType implements StepType<FileMailStep> {
  private static final String FOR_GOOD = "true";
  private static final String TRASH = "trash";

  @Override
  public String name() {
    return "mail.file";
  }

  @Override
  public String doc() {
    return "Marks, copies, moves or deletes messages in their mailbox; what an earlier attempt has"
        + " done counts as done.";
  }

  @Override
  public List<Key> keys() {
    return List.of(
        MailItem.MESSAGE,
        Key.optional("move-to", Scalar.TEXT, "A folder of the same mailbox to which they go.")
            .withExample("Processed"),
        Key.optional("copy-to", Scalar.TEXT, "A folder of the same mailbox that gets a copy.")
            .withExample("Archive"),
        Key.optional(
            "create",
            Scalar.BOOLEAN,
            "false",
            "Whether folders that are missing are made; else they are a failure."),
        Key.optional(
                "flag",
                new ValueType.ListOf(Scalar.TEXT),
                "What they are marked with, before all else: seen, answered, flagged, draft, or a"
                    + " keyword such as $Processed.")
            .withExample("[seen]"),
        Key.optional(
                "unflag", new ValueType.ListOf(Scalar.TEXT), "What they are marked with no longer.")
            .withExample("[flagged]"),
        Key.optional(
                "delete",
                new ValueType.OneOf(List.of("false", FOR_GOOD, TRASH)),
                "false",
                "Whether they are deleted: true for good, trash into the folder that the server has"
                    + " for that.")
            .withExample("trash"));
  }

  @Override
  public Map<String, String> outputs() {
    return Map.of(
        "filed",
        "how many messages are now as they should be",
        "earlier",
        "a list of those among them that were so already: moved by an earlier attempt, or gone"
            + " where they were to be deleted");
  }

  @Override
  public Map<String, ValueKind> outputKinds() {
    return Map.of("filed", ValueKind.NUMBER, "earlier", ValueKind.LIST);
  }

  @Override
  public Map<String, String> contradictions(Set<String> given) {
    if (given.contains("move-to") && given.contains("delete")) {
      return Map.of(
          "delete",
          "\"move-to\" says where the message goes, and so does \"delete\"; leave one out");
    }
    boolean hasWork =
        given.stream()
            .anyMatch(List.of("move-to", "copy-to", "flag", "unflag", "delete")::contains);
    return hasWork || !given.contains(MailItem.MESSAGE.name())
        ? Map.of()
        : Map.of(
            MailItem.MESSAGE.name(),
            "nothing is to be done: say \"move-to\", \"copy-to\", \"flag\", \"unflag\" or"
                + " \"delete\"");
  }

  @Override
  public FileMailStep bind(Arguments arguments, Connections connections) {
    StepParts parts = new StepParts();
    Part<List<MailItem>> messages =
        parts.part(MailItem.MESSAGE.name(), () -> MailItem.of(arguments, connections));
    Part<Optional<String>> copyTo = parts.part("copy-to", () -> folder(arguments, "copy-to"));
    Part<Optional<String>> moveTo = parts.part("move-to", () -> folder(arguments, "move-to"));
    Part<Destination> destination = parts.part(() -> destination(arguments, moveTo));
    return parts.together(
        () ->
            new FileMailStep(
                messages.get(),
                new FileMailStep.Marks(arguments.texts("flag"), arguments.texts("unflag")),
                copyTo.get(),
                destination.get(),
                arguments.flag("create")));
  }

  private static Destination destination(Arguments arguments, Part<Optional<String>> moveTo) {
    return switch (arguments.text("delete")) {
      case TRASH -> new Destination.InTrash();
      case FOR_GOOD -> new Destination.Nowhere();
      default ->
          moveTo.get().<Destination>map(Destination.InFolder::new).orElseGet(Destination.Here::new);
    };
  }

  private static Optional<String> folder(Arguments arguments, String key) {
    Optional<String> folder = arguments.optionalText(key);
    folder.ifPresent(name -> requireFolder(key, name));
    return folder;
  }

  // what an expression yields may come from a sender
  private static void requireFolder(String key, String name) {
    try {
      String unused = FieldText.requireFolder(name);
    } catch (MailException.InvalidMessage e) {
      throw new JobException.Configuration("\"%s\": %s".formatted(key, e.getMessage()), e);
    }
    if (Arrays.asList(name.split("[/\\\\]", -1)).contains("..")) {
      throw new JobException.Configuration(
          "\"%s\" is \"%s\", and no folder is called \"..\"".formatted(key, name));
    }
  }

  @Override
  public StepHandler<FileMailStep> handler(StepServices services) {
    return new FileMailHandler(services);
  }
}
