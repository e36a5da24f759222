package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import picocli.CommandLine.Command;

/** {@code waybill secret ...}: the keystore of this machine. */
@Command(
    name = "secret",
    description =
        "Keeps secrets for job files (secrets: { NAME: { keystore: NAME } }) in a file that a"
            + " master key seals: the text in $$WAYBILL_MASTER_KEY, or the file named by"
            + " $$WAYBILL_MASTER_KEY_FILE.",
    subcommands = {
      SecretSetCommand.class,
      SecretTestCommand.class,
      SecretListCommand.class,
      SecretRemoveCommand.class
    })
final class SecretCommand extends Verb {
  @Override
  ExitCode execute() {
    throw new JobException.Configuration(
        "say what to do: secret set NAME, secret test NAME, secret list, or secret remove NAME");
  }
}
