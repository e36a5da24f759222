package io.waybill.jobs.step;

import io.waybill.jobs.ItemText;
import io.waybill.jobs.Step;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Saves what is attached to messages as files of this machine.
 *
 * @param messages whose
 * @param wanted which of what is attached
 * @param target where the files go
 * @param minFiles fewer of them are a failure
 */
record SaveAttachmentsStep(List<MailItem> messages, Wanted wanted, Target target, long minFiles)
    implements Step {
  SaveAttachmentsStep {
    messages = List.copyOf(messages);
    Objects.requireNonNull(wanted, "wanted");
    Objects.requireNonNull(target, "target");
  }

  /**
   * What is saved.
   *
   * @param match by their safe names
   * @param mostBytes a message with a larger one is a failure
   * @param withInline whether pictures count that the message's HTML shows
   */
  record Wanted(FileMatch match, long mostBytes, boolean withInline) {
    Wanted {
      Objects.requireNonNull(match, "match");
    }
  }

  /**
   * Where files go.
   *
   * @param directory is made if it is missing
   * @param naming how each is called; empty for its safe name
   * @param ifExists what is done where a name is taken
   */
  record Target(Path directory, Optional<ItemText> naming, IfExists ifExists) {
    Target {
      Objects.requireNonNull(directory, "directory");
      Objects.requireNonNull(naming, "naming");
      Objects.requireNonNull(ifExists, "ifExists");
    }
  }

  /** What is done where a name is taken; what is there is never replaced. */
  enum IfExists {
    /** A number is added to the name. */
    NUMBER,
    /** A file of the same content is the one; any other is a failure. */
    KEEP,
    /** It is a failure. */
    FAIL
  }
}
