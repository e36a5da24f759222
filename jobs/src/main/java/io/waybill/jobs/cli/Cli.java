package io.waybill.jobs.cli;

import io.waybill.jobs.expression.NearestName;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
      MoveCommand.class,
      WatchCommand.class,
      SyncCommand.class,
      VerifyCommand.class,
      ChecksumCommand.class,
      LsCommand.class,
      RmCommand.class,
      MkdirCommand.class,
      ServeCommand.class,
      ProbeCommand.class,
      SendCommand.class,
      MailCommand.class,
      OutboxCommand.class,
      LedgerCommand.class,
      TriggerCommand.class,
      JobsCommand.class,
      NextCommand.class,
      PauseCommand.class,
      ResumeCommand.class,
      RunsCommand.class,
      LogsCommand.class,
      AlertsCommand.class,
      AuditCommand.class,
      CancelCommand.class,
      RetryCommand.class,
      StatusCommand.class,
      PlanCommand.class,
      DbCommand.class,
      ValidateCommand.class,
      InitCommand.class,
      FmtCommand.class,
      ExplainCommand.class,
      SchemaCommand.class,
      SecretCommand.class,
      CronCommand.class
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
    withoutProxy(Objects.requireNonNull(line.getSubcommands().get("serve")));
    CommandSpec watch = Objects.requireNonNull(line.getSubcommands().get("watch")).getCommandSpec();
    watch.remove(watch.findOption("--deadline")); // it has no end to be late for
    watch.remove(watch.findOption("--dry-run"));
    line.setParameterExceptionHandler(this::usage);
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> Trouble.report(failure, err, options.isDebug()).number());
    return StandardOutput.end(out, err, line.execute(args));
  }

  // every verb inherits it, and a server connects to nobody
  private static void withoutProxy(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    spec.remove(spec.findOption("--proxy"));
    command.getSubcommands().values().forEach(Cli::withoutProxy);
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
  private static String describe(String unknown, CommandLine command) {
    boolean isVerb = !command.getSubcommands().isEmpty();
    String kind = unknown.startsWith("-") ? "option" : isVerb ? "verb" : "argument";
    return "unknown " + kind + " \"" + unknown + "\"";
  }

  // what is missing may be so only because picocli stopped at an option that does not exist
  private static Optional<String> unknown(ParameterException problem, String[] args) {
    if (problem instanceof UnmatchedArgumentException unmatched) {
      return Optional.of(unmatched.getUnmatched().get(0));
    }
    return Arrays.stream(args)
        .takeWhile(each -> !each.equals("--"))
        .filter(each -> each.length() > 1 && each.startsWith("-"))
        .filter(each -> !isOption(each, problem.getCommandLine()))
        .findFirst();
  }

  private static boolean isOption(String text, CommandLine command) {
    String name =
        text.startsWith("--") ? text.replaceFirst("=.*", "") : text.substring(0, 2); // -vq, -cFILE
    return wordsOf(command, true).contains(name);
  }

  private int usage(ParameterException problem, String[] args) {
    CommandLine command = problem.getCommandLine();
    Optional<String> unknown = unknown(problem, args);
    String what = unknown.map(each -> describe(each, command)).orElse(problem.getMessage());
    err.println("waybill: " + Output.printable(Locations.masked(String.valueOf(what))));
    unknown
        .flatMap(each -> NearestName.of(each, wordsOf(command, each.startsWith("-"))))
        .ifPresent(nearest -> err.println("  did you mean \"" + nearest + "\"?"));
    err.println("  \"" + command.getCommandSpec().qualifiedName() + " --help\" says what it takes");
    return ExitCode.USAGE.number();
  }
}
