package io.waybill.jobs.step;

import io.waybill.jobs.Step;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Marks, copies, moves or deletes messages in their mailbox.
 *
 * @param messages which
 * @param marks what they are marked with
 * @param copyTo a folder that gets a copy of each
 * @param destination where they go then
 * @param isCreating whether folders that are missing are made
 */
record FileMailStep(
    List<MailItem> messages,
    Marks marks,
    Optional<String> copyTo,
    Destination destination,
    boolean isCreating)
    implements Step {
  FileMailStep {
    messages = List.copyOf(messages);
    Objects.requireNonNull(marks, "marks");
    Objects.requireNonNull(copyTo, "copyTo");
    Objects.requireNonNull(destination, "destination");
  }

  /**
   * Flags, by the words of the job file.
   *
   * @param added which they get
   * @param removed which they lose
   */
  record Marks(List<String> added, List<String> removed) {
    Marks {
      added = List.copyOf(added);
      removed = List.copyOf(removed);
    }
  }

  /** Where messages go. */
  sealed interface Destination {
    /** They stay. */
    record Here() implements Destination {}

    /** To a folder of the same mailbox. */
    record InFolder(String name) implements Destination {}

    /** To the folder that the server has for what is thrown away. */
    record InTrash() implements Destination {}

    /** Nowhere: they are deleted for good. */
    record Nowhere() implements Destination {}
  }
}
