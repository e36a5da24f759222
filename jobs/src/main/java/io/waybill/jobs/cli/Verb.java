package io.waybill.jobs.cli;

import io.waybill.JobFiles;
import io.waybill.Waybill;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobException;
import io.waybill.jobs.config.ConfigDiscovery;
import io.waybill.jobs.config.StateDirectory;
import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.daemon.DaemonFile;
import io.waybill.jobs.log.SecretMask;
import io.waybill.jobs.net.ProxyAddress;
import io.waybill.jobs.net.ScopedSockets;
import io.waybill.jobs.step.MailTokens;
import io.waybill.transfer.WireTap;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * What all verbs share: their options, the two streams, and the way to the configuration and to a
 * live daemon.
 */
@SuppressWarnings("NullAway.Init") // picocli sets the field
abstract class Verb implements Callable<Integer> {
  @Spec private CommandSpec spec;
  // one for all connections that a verb makes: a token that one of them got serves the others
  private final MailTokens tokens = new MailTokens(this::tokenDirectory, Clock.systemUTC());
  private @Nullable Tracing tracing;
  private @Nullable Output output;

  GlobalOptions options() {
    return cli().options();
  }

  @Override
  public final Integer call() throws Exception {
    LogSetup.apply(logLevel());
    if (options().format() == OutputFormat.SARIF && !hasSarif()) {
      throw new JobException.Configuration(
          "-o sarif is for \"waybill validate\" only; write -o json");
    }
    try {
      return execute().number();
    } catch (Exception e) {
      failed(Trouble.form(e)); // for a program; a person is told by whoever catches it
      throw e;
    } finally {
      Tracing begun = tracing;
      if (begun != null) {
        begun.close();
      }
    }
  }

  /** Ends the verb's output by a failure, unless it has a result already. */
  final void failed(Map<String, Object> error) {
    output().failure(failureSchema(), soFar(), error);
  }

  /** Returns the schema of the document that ends with an error. */
  String failureSchema() {
    return "waybill.error/1";
  }

  /** Returns what is in that document beside the error. */
  Map<String, Object> soFar() {
    return Map.of();
  }

  /** Returns what is told of everything that connections of this verb say. */
  WireTap tap() {
    Tracing begun = tracing;
    if (begun == null) {
      begun = Tracing.start(options(), cli().err());
      tracing = begun;
    }
    return begun.tap();
  }

  /** Makes the sockets of this line: through its proxy, if there is one. */
  ScopedSockets sockets() {
    return new ScopedSockets(
        options()
            .proxy()
            .or(() -> Optional.ofNullable(cli().environment().get("WAYBILL_PROXY")))
            .map(text -> ProxyAddress.parse(text, SecretMask.ofThisProcess()::remember)));
  }

  abstract ExitCode execute() throws Exception;

  /** Returns whether what the verb finds can be told in SARIF. */
  boolean hasSarif() {
    return false;
  }

  /** Returns what is logged unless an option says otherwise. */
  LogSetup.Level defaultLogLevel() {
    return LogSetup.Level.WARN;
  }

  Cli cli() {
    return (Cli) spec.root().userObject();
  }

  Output output() {
    Output made = output;
    if (made == null) {
      made = new Output(cli().out(), cli().err(), options().format());
      output = made;
    }
    return made;
  }

  Configuration configuration() {
    return JobFiles.load(
        ConfigDiscovery.discover(options().files(), cli().environment()),
        environment(),
        problem -> output().note(problem.render()));
  }

  /**
   * Returns the configuration, or an empty one where there is no file: it says where the store is.
   * Warnings are told by those who read a file for the sake of its jobs.
   */
  Configuration configurationIfAny() {
    List<Path> files = ConfigDiscovery.find(options().files(), cli().environment(), Path.of(""));
    return files.isEmpty()
        ? Configuration.empty()
        : JobFiles.load(files, environment(), warning -> {});
  }

  /** Returns the variables with this line's state directory: the keystore of secrets lies there. */
  Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>(cli().environment());
    options().state().ifPresent(path -> environment.put(StateDirectory.VARIABLE, path.toString()));
    return environment;
  }

  StateDirectory stateDirectory() {
    return StateDirectory.of(options().state(), cli().environment());
  }

  /** Returns what proves mail accounts that log in by access tokens. */
  MailTokens mailTokens() {
    return tokens;
  }

  private Path tokenDirectory() {
    StateDirectory state = stateDirectory();
    state.create();
    return state.mailTokens();
  }

  /** Starts to open a store with this line's state directory and proxy. */
  Waybill.Builder waybill(Configuration configuration) {
    return Waybill.builder(configuration).state(stateDirectory()).sockets(sockets()).tap(tap());
  }

  /** Returns the way to the daemon that owns the state directory; empty if none lives. */
  Optional<ControlClient> daemon() throws InterruptedException {
    Optional<ControlClient> client =
        DaemonFile.ofLiveDaemon(stateDirectory().daemonFile()).map(ControlClient::new);
    return client.isPresent() && client.get().isAnswered() ? client : Optional.empty();
  }

  private LogSetup.Level logLevel() {
    if (options().isDebug()) {
      return LogSetup.Level.DEBUG;
    }
    return options().isVerbose() ? LogSetup.Level.INFO : defaultLogLevel();
  }
}
