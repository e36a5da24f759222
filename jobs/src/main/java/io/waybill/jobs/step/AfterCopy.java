package io.waybill.jobs.step;

import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connections;
import io.waybill.jobs.StepParts;
import io.waybill.jobs.StepParts.Part;

/** What becomes of a source once its copy is there for good. */
sealed interface AfterCopy {
  /** It stays. */
  record Keep() implements AfterCopy {}

  /**
   * It is deleted.
   *
   * @param mayRename whether it may just as well become the target itself, where that is a rename
   */
  record Delete(boolean mayRename) implements AfterCopy {}

  /**
   * It goes to a directory.
   *
   * @param directory there it is called as it is below its source; an old file of that name is
   *     replaced
   */
  record MoveTo(Place directory) implements AfterCopy {}

  /** Reads the key {@code after-copy}. */
  static AfterCopy of(Arguments arguments, Connections connections) {
    if (arguments.find("after-copy").orElseThrow() instanceof Arguments group) {
      StepParts parts = new StepParts();
      Part<Place> directory =
          parts.part("move-to", () -> Place.of(group.text("move-to"), connections));
      return parts.together(() -> new MoveTo(directory.get()));
    }
    return arguments.text("after-copy").equals("delete") ? new Delete(false) : new Keep();
  }

  /** Says whether sources stay. */
  default boolean isKeep() {
    return this instanceof Keep;
  }
}
