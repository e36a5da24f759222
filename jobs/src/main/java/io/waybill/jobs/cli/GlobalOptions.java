package io.waybill.jobs.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** What every verb understands, before its name and after it. */
final class GlobalOptions {
  @Option(
      scope = ScopeType.INHERIT,
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description =
          "Job file; may be given several times. Else $WAYBILL_CONFIG, ./waybill.yml, the user's configuration directory.")
  private List<Path> files = List.of();

  @Option(
      scope = ScopeType.INHERIT,
      names = "--state",
      paramLabel = "DIR",
      description = "State directory. Else $WAYBILL_STATE, the user's state directory.")
  private @Nullable Path state;

  @Option(
      scope = ScopeType.INHERIT,
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "Form of standard output: human, json or ndjson; of validate also sarif.")
  private OutputFormat format = OutputFormat.HUMAN;

  @Option(scope = ScopeType.INHERIT, names = "--json", description = "The same as -o json.")
  private boolean json;

  @Option(
      scope = ScopeType.INHERIT,
      names = "--proxy",
      paramLabel = "URL",
      description =
          "Connect through socks5://[USER:PASSWORD@]HOST:PORT or http://...; else $WAYBILL_PROXY, where a password does not show.")
  private @Nullable String proxy;

  @Option(
      scope = ScopeType.INHERIT,
      names = "--trace",
      description = "Print what connections say to standard error, secrets hidden.")
  private boolean trace;

  @Option(
      scope = ScopeType.INHERIT,
      names = "--trace-file",
      paramLabel = "FILE",
      description =
          "Write what connections say, content included, to a new pcapng file, secrets hidden.")
  private @Nullable Path traceFile;

  @Option(
      scope = ScopeType.INHERIT,
      names = {"-q", "--quiet"},
      description = "No progress.")
  private boolean quiet;

  @Option(
      scope = ScopeType.INHERIT,
      names = {"-v", "--verbose"},
      description = "Log what happens to standard error.")
  private boolean verbose;

  @Option(
      scope = ScopeType.INHERIT,
      names = "--debug",
      description = "Log everything; print stack traces.")
  private boolean debug;

  @Option(
      scope = ScopeType.INHERIT,
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean help;

  List<Path> files() {
    return files;
  }

  Optional<Path> state() {
    return Optional.ofNullable(state);
  }

  OutputFormat format() {
    return json ? OutputFormat.JSON : format;
  }

  Optional<String> proxy() {
    return Optional.ofNullable(proxy);
  }

  boolean isTraced() {
    return trace;
  }

  Optional<Path> traceFile() {
    return Optional.ofNullable(traceFile);
  }

  boolean isQuiet() {
    return quiet;
  }

  boolean isVerbose() {
    return verbose;
  }

  boolean isDebug() {
    return debug;
  }
}
