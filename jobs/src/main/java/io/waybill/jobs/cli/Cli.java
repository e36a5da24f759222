package io.waybill.jobs.cli;

import io.waybill.jobs.expression.NearestName;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
      CopyCommand.class,
      ServeCommand.class,
      ProbeCommand.class,
      TriggerCommand.class,
      RunsCommand.class,
      CancelCommand.class,
      ValidateCommand.class
    })
public final class Cli implements Runnable {
  private final PrintStream out;
  private final PrintStream err;
  private final Map<String, String> environment;

  @Mixin private final GlobalOptions options = new GlobalOptions();
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
        (failure, command, parsed) -> Trouble.report(failure, err, options.isDebug()).number());
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

  GlobalOptions options() {
    return options;
  }

  private static List<String> wordsOf(CommandLine command, boolean isOption) {
    return isOption
        ? command.getCommandSpec().options().stream()
            .flatMap(option -> Stream.of(option.names()))
            .sorted()
            .toList()
        : command.getSubcommands().keySet().stream().sorted().toList();
  }

  // picocli would speak of indexes
  private static String describe(ParameterException problem) {
    if (!(problem instanceof UnmatchedArgumentException unmatched)) {
      return String.valueOf(problem.getMessage());
    }
    String first = unmatched.getUnmatched().get(0);
    boolean isVerb = !problem.getCommandLine().getSubcommands().isEmpty();
    String kind = first.startsWith("-") ? "option" : isVerb ? "verb" : "argument";
    return "unknown " + kind + " \"" + first + "\"";
  }

  private int usage(ParameterException problem, String[] args) {
    err.println("waybill: " + Locations.masked(describe(problem)));
    if (problem instanceof UnmatchedArgumentException unmatched) {
      String first = unmatched.getUnmatched().get(0);
      NearestName.of(first, wordsOf(problem.getCommandLine(), first.startsWith("-")))
          .ifPresent(nearest -> err.println("  did you mean \"" + nearest + "\"?"));
    }
    err.println(
        "  \""
            + problem.getCommandLine().getCommandSpec().qualifiedName()
            + " --help\" says what it takes");
    return ExitCode.USAGE.number();
  }
}
