package io.waybill.jobs.cli;

import picocli.CommandLine.Command;

/**
 * {@code waybill move SRC... DST}: a copy whose sources are deleted, each once its copy is safe.
 */
@Command(
    name = "move",
    description = {
      "Copies as \"copy\" does, and deletes each source once its copy is whole, verified and on the disk.",
      "A source that changed meanwhile stays. Directories stay. After Ctrl-C or a failure the same command goes on where it was."
    })
final class MoveCommand extends CopyCommand {
  @Override
  boolean isMove() {
    return true;
  }
}
