package io.waybill.jobs.cli;

import io.waybill.jobs.demo.Demo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code waybill demo}: the main job on throw-away servers. */
@Command(
    name = "demo",
    description = "Runs the main job on throw-away servers of this machine and shows what it did.")
final class DemoCommand extends Verb {
  @Option(
      names = "--keep",
      description = "Leave servers and daemon up until Ctrl-C, and the files where they are.")
  private boolean keep;

  @Override
  LogSetup.Level defaultLogLevel() {
    return LogSetup.Level.ERROR;
  }

  @Override
  ExitCode execute() throws Exception {
    boolean isWhole = new Demo(cli().out()).run(keep);
    return isWhole ? ExitCode.OK : ExitCode.INTEGRITY;
  }
}
