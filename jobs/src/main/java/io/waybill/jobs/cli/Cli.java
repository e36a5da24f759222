package io.waybill.jobs.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The verbs of the command line. */
@Command(
    name = "waybill",
    description = "Moves files and mail: scheduled, verified, resumable.",
    subcommands = {
      DemoCommand.class,
      SandboxCommand.class,
      RunCommand.class,
      DaemonCommand.class,
      TriggerCommand.class,
      RunsCommand.class,
      CancelCommand.class,
      ValidateCommand.class
    })
public final class Cli implements Runnable {
  private final PrintStream out;
  private final PrintStream err;
  private final Map<String, String> environment;

  @Spec private CommandSpec spec;

  /**
   * Creates a command line.
   *
   * @param environment the variables it looks at
   */
  @SuppressWarnings("NullAway.Init") // picocli sets spec
  public Cli(PrintStream out, PrintStream err, Map<String, String> environment) {
    this.out = out;
    this.err = err;
    this.environment = Map.copyOf(environment);
  }

  /** Carries out a line and returns the exit code; never exits itself. */
  public int run(String... args) {
    CommandLine line = new CommandLine(this);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    line.setParameterExceptionHandler(this::usage);
    line.setExecutionExceptionHandler(
        (failure, command, parsed) ->
            Trouble.report(failure, err, options(command).isDebug()).number());
    return line.execute(args);
  }

  Map<String, String> environment() {
    return environment;
  }

  PrintStream out() {
    return out;
  }

  PrintStream err() {
    return err;
  }

  /** Called when no verb was given. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which verb? \"waybill --help\" lists them");
  }

  private static GlobalOptions options(CommandLine command) {
    return command.getCommand() instanceof Verb verb ? verb.options() : new GlobalOptions();
  }

  private int usage(ParameterException problem, String[] args) {
    err.println("waybill: " + problem.getMessage());
    if (problem instanceof UnmatchedArgumentException unmatched) {
      unmatched.getSuggestions().stream()
          .findFirst()
          .ifPresent(nearest -> err.println("  did you mean \"" + nearest + "\"?"));
    }
    err.println(
        "  \""
            + problem.getCommandLine().getCommandSpec().qualifiedName()
            + " --help\" says what it takes");
    return ExitCode.USAGE.number();
  }
}
