package io.waybill.jobs.step;

import io.waybill.jobs.Connection;
import io.waybill.jobs.JobException;
import io.waybill.jobs.StepCall;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepJournal;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.step.FileMailStep.Destination;
import io.waybill.mail.MailException;
import io.waybill.mail.imap.FilingSpec;
import io.waybill.mail.imap.MailFolder;
import io.waybill.mail.imap.MailboxReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Carries out {@code mail.file}. */
final class FileMailHandler implements StepHandler<FileMailStep> {
  private static final String EARLIER = "earlier";

  private final StepServices services;

  FileMailHandler(StepServices services) {
    this.services = services;
  }

  /** How far a step has come with one message. */
  private enum State {
    /** It may have been moved or deleted, or not yet. */
    BEGUN,
    /** Nothing is left to do. */
    DONE
  }

  @Override
  public StepResult execute(FileMailStep step, StepCall call) {
    Map<String, Map<String, Object>> known = call.journal().items();
    List<String> earlier = new ArrayList<>();
    List<MailItem> left = new ArrayList<>();
    for (MailItem each : step.messages()) {
      Map<String, Object> receipt = known.getOrDefault(each.key(), Map.of());
      if (!State.DONE.name().equals(receipt.get("state"))) {
        left.add(each);
      } else if (Boolean.TRUE.equals(receipt.get(EARLIER))) {
        earlier.add(each.toString());
      }
    }
    try (MailRound round = new MailRound(services, call)) {
      for (MailRound.Folder folder : MailRound.folders(left)) {
        file(folder, step, round, call, known.keySet(), earlier);
      }
      round.requireAllDone(step.messages().size());
    }
    Map<String, Object> outputs = new LinkedHashMap<>();
    outputs.put("filed", (long) step.messages().size());
    outputs.put(EARLIER, earlier);
    return new StepResult(outputs, 0);
  }

  private static void write(MailItem item, State state, boolean isEarlier, StepJournal journal) {
    journal.done(item.key(), Map.of("state", state.name(), EARLIER, isEarlier));
  }

  private static void file(
      MailRound.Folder folder,
      FileMailStep step,
      MailRound round,
      StepCall call,
      Set<String> begun,
      List<String> earlier) {
    MailboxReader reader = round.reader(folder.mailbox());
    Optional<String> target = target(step.destination(), folder.mailbox(), reader);
    boolean isDeleting = step.destination() instanceof Destination.Nowhere;
    FilingSpec spec = spec(folder, step, target, isDeleting);
    if (spec.moveTo().isPresent() || isDeleting) {
      for (MailItem each : folder.items()) {
        if (!begun.contains(each.key())) {
          // before: an attempt that comes later must know why it is not there any more
          write(each, State.BEGUN, false, call.journal());
        }
      }
    }
    Set<Long> filed = new HashSet<>(reader.file(spec, folder.uids()));
    for (MailItem each : folder.items()) {
      boolean isEarlier = !filed.contains(each.uid());
      round.attempt(
          each,
          () -> {
            if (isEarlier) {
              requireFiled(each, spec, begun.contains(each.key()), reader);
              earlier.add(each.toString());
            }
            write(each, State.DONE, isEarlier, call.journal());
            call.progress().moved(each.toString(), 0, -1);
          });
    }
  }

  private static FilingSpec spec(
      MailRound.Folder folder, FileMailStep step, Optional<String> target, boolean isDeleting) {
    FilingSpec.Builder spec = FilingSpec.builder(folder.name(), folder.uidValidity());
    step.marks().added().forEach(spec::mark);
    step.marks().removed().forEach(spec::unmark);
    step.copyTo().ifPresent(spec::copyTo);
    target.filter(name -> !isSame(name, folder.name())).ifPresent(spec::moveTo);
    if (step.isCreating()) {
      spec.creating();
    }
    return isDeleting ? spec.deleting().build() : spec.build();
  }

  private static boolean isSame(String one, String other) {
    return one.equals(other) || (one.equalsIgnoreCase("INBOX") && other.equalsIgnoreCase("INBOX"));
  }

  private static Optional<String> target(
      Destination destination, Connection.Mailbox mailbox, MailboxReader reader) {
    if (destination instanceof Destination.InFolder folder) {
      return Optional.of(folder.name());
    }
    return destination instanceof Destination.InTrash
        ? Optional.of(trash(mailbox, reader))
        : Optional.empty();
  }

  private static String trash(Connection.Mailbox mailbox, MailboxReader reader) {
    return reader.folders().stream()
        .filter(each -> each.use().equals(Optional.of(MailFolder.Use.TRASH)))
        .map(MailFolder::name)
        .findFirst()
        .orElseThrow(
            () ->
                new JobException.NotFound(
                    "the server of %s says of no folder that it is for what is thrown away; write \"move-to\" with its name"
                        .formatted(mailbox.name())));
  }

  /** A message that is not where it was is filed if an earlier attempt did it. */
  private static void requireFiled(
      MailItem item, FilingSpec spec, boolean wasBegun, MailboxReader reader) {
    if (spec.isDeleting()) {
      return; // somebody has deleted it, and that was wanted
    }
    Optional<String> target = spec.moveTo();
    boolean isThere =
        target.isPresent()
            && (item.messageId().isEmpty()
                ? wasBegun // nothing else can tell
                : isIn(target.get(), item, reader));
    if (!isThere) {
      throw new JobException.NotFound(
          target
              .map(name -> "%s is there no longer, and not in %s either".formatted(item, name))
              .orElseGet(() -> item + " is not there any more"));
    }
  }

  private static boolean isIn(String folder, MailItem item, MailboxReader reader) {
    try {
      return reader.contains(folder, item.messageId());
    } catch (MailException.MailboxNotFound e) {
      return false;
    }
  }
}
